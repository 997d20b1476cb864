import { useEffect, useState } from 'preact/hooks';
import { INITIAL_DAYS } from '../../core/limits';
import { hasIncidents } from '../incidents';
import { kindOf } from '../kinds/registry';
import { ageWords, momentWords, periodWords, secondBefore, zoneWords } from '../period-words';
import type { DataSpan, Incident, PageContext } from '../protocol';
import { type Dashboard, dimensionsOf, type Sheet, timeOf, visualOf } from '../spec';
import { formatDates, periodsOf, type State, wordsOf } from '../state';
import { Controls } from './controls';
import { useAddress, useLoaded, useVersion } from './data';
import { labelOf } from './label';
import { type Scheme, useTheme } from './scheme';
import { Summary } from './summary';
import { VisualCard } from './visual-card';

export function App({ context }: { readonly context: PageContext }) {
  const { dashboard, exported } = context;
  const { state, problems, change } = useAddress(context);
  const version = useVersion(context);
  const { data: span } = useLoaded<DataSpan>(exported ? undefined : '/api/span', version, exported?.span);
  const sheet = dashboard.sheets.find(({ id }) => id === state.sheet)!;
  const showsIncidents = sheet.visuals.some((visual) => !kindOf(visual).isNumber && hasIncidents(visual));
  const { data: incidents = [] } = useLoaded<readonly Incident[]>(
    exported || !showsIncidents ? undefined : '/api/incidents',
    version,
    exported && (exported.incidents ?? []),
  );
  const { theme, scheme, choose } = useTheme();
  const [empty, setEmpty] = useState<Readonly<Record<string, boolean>>>({});
  const isEmpty = sheet.visuals
    .filter((visual) => !kindOf(visual).isNumber && timeOf(visual))
    .every(({ id }) => empty[id]);
  useEffect(() => {
    document.title = `${sheet.name} – ${dashboard.name}`;
  }, [sheet]);
  return (
    <>
      <Masthead
        context={context}
        sheet={sheet}
        state={state}
        span={span}
        scheme={scheme}
        choose={choose}
        change={change}
      />
      {!exported && <Controls context={context} state={state} span={span} change={change} />}
      <main aria-label={sheet.name}>
        {!exported && <p class="printed muted">{wordsOf(dashboard, state).join(' · ')}</p>}
        <Notices problems={problems} undrawn={exported?.undrawn ?? []} warnings={span?.warnings ?? []} />
        {isEmpty && <NoData state={state} change={exported ? undefined : change} />}
        <SelectionChips dashboard={dashboard} state={state} change={change} />
        {span && <p class="periods">{periodsWords(state, span)}</p>}
        {sheet.summary && span && (
          <Summary
            context={context}
            summary={sheet.summary}
            state={state}
            version={version}
            span={span}
            incidents={incidents}
          />
        )}
        <div class="grid" key={sheet.id}>
          {sheet.visuals.map((visual) => (
            <VisualCard
              key={visual.id}
              context={context}
              visual={visual}
              state={state}
              version={version}
              span={span}
              incidents={incidents}
              theme={theme}
              change={change}
              onEmpty={(id, isEmpty) => setEmpty((known) => ({ ...known, [id]: isEmpty }))}
            />
          ))}
        </div>
      </main>
    </>
  );
}

interface MastheadProps {
  readonly context: PageContext;
  readonly sheet: Sheet;
  readonly state: State;
  readonly span: DataSpan | undefined;
  readonly scheme: Scheme;
  readonly choose: (scheme: Scheme) => void;
  readonly change: (change: Partial<State>) => void;
}

/** The dashboard's name, what is shown of which data, and its sheets. */
function Masthead({ context: { dashboard, exported }, sheet, state, span, scheme, choose, change }: MastheadProps) {
  return (
    <header class="masthead">
      <div>
        <h1>{dashboard.name}</h1>
        <p class="source">
          {[
            ...(span ? sourceWords(span, state, exported !== undefined) : []),
            ...(exported ? (exported.words ?? wordsOf(dashboard, state)) : []),
          ].join(' · ')}
        </p>
      </div>
      <label class="scheme">
        <span class="unseen">Colors</span>
        <select value={scheme} onChange={({ currentTarget }) => choose(currentTarget.value as Scheme)}>
          <option value="auto">System</option>
          <option value="light">Light</option>
          <option value="dark">Dark</option>
        </select>
      </label>
      <nav class="sheets" aria-label="Sheets">
        {dashboard.sheets.map(({ id, name }) => (
          <button
            type="button"
            key={id}
            aria-current={id === sheet.id ? 'page' : undefined}
            onClick={() => change({ sheet: id, selection: undefined } as Partial<State>)}
          >
            {name}
          </button>
        ))}
      </nav>
    </header>
  );
}

interface NoticesProps {
  readonly problems: readonly string[];
  readonly undrawn: readonly string[];
  readonly warnings: readonly string[];
}

/** What is wrong with the address, with a preview, and with the data. */
function Notices({ problems, undrawn, warnings }: NoticesProps) {
  return (
    <>
      {problems.length > 0 && (
        <p class="notice" role="status">
          What is wrong with this address was left out: {problems.join('; ')}
        </p>
      )}
      {undrawn.length > 0 && (
        <p class="notice" role="status">
          Not drawn: {undrawn.join('; ')}
        </p>
      )}
      {warnings.map((warning) => (
        <p class="notice" role="status" key={warning}>
          {warning}
        </p>
      ))}
    </>
  );
}

interface SelectionChipsProps {
  readonly dashboard: Dashboard;
  readonly state: State;
  readonly change: (change: Partial<State>) => void;
}

/** What was clicked, which filters the other visuals. */
function SelectionChips({ dashboard, state: { selection }, change }: SelectionChipsProps) {
  const source = selection && visualOf(dashboard, selection.visual);
  if (!selection || !source) return null;
  return (
    <p class="chips">
      {Object.entries(selection.values).map(([name, value]) => (
        <span class="chip" key={name}>
          {source.title}: <strong>{labelOf(value, dimensionsOf(source).find(({ id }) => id === name)!)}</strong>
        </span>
      ))}
      <button type="button" class="quiet" onClick={() => change({ selection: undefined } as Partial<State>)}>
        Clear selection
      </button>
    </p>
  );
}

/** How far data goes: what a reader needs to know of any number. */
function sourceWords({ from, to, now }: DataSpan, { timeZone }: State, isExported: boolean): string[] {
  if (from >= to) return ['No data yet'];
  const last = secondBefore(to);
  const until = `Data to ${momentWords(last, timeZone, now)}`;
  return isExported ? [until, `exported ${momentWords(now, timeZone, now)}`] : [`${until}, ${ageWords(last, now)}`];
}

/** What is shown, and what it is compared with. */
function periodsWords(state: State, span: DataSpan): string {
  const { timeZone } = state;
  const { current, before } = periodsOf(state, span);
  const shown = `${periodWords(current, timeZone)} (${zoneWords(timeZone)})`;
  if (before) return `${shown}, compared with ${periodWords(before, timeZone)}`;
  return current.to <= span.from || current.from >= span.to
    ? `${shown}: no data`
    : `${shown}; there is no full period before it to compare with`;
}

/** Says once for a sheet that there is nothing to show, and offers what may help. */
function NoData({
  state,
  change,
}: {
  readonly state: State;
  readonly change: ((change: Partial<State>) => void) | undefined;
}) {
  const initial = { last: INITIAL_DAYS };
  const isFiltered = state.selection !== undefined || Object.keys(state.filters).length > 0;
  return (
    <p class="notice no-data" role="status">
      <span>No data for the selected dates and filters.</span>
      {change && isFiltered && (
        <button
          type="button"
          class="quiet"
          onClick={() => change({ filters: {}, selection: undefined } as Partial<State>)}
        >
          Clear all filters
        </button>
      )}
      {change && formatDates(state.dates) !== formatDates(initial) && (
        <button type="button" class="quiet" onClick={() => change({ dates: initial })}>
          Show the last {INITIAL_DAYS} days
        </button>
      )}
    </p>
  );
}
