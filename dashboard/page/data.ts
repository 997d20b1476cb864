import { useEffect, useRef, useState } from 'preact/hooks';
import type { ControlValues, PageContext, VisualData } from '../protocol';
import type { Dashboard } from '../spec';
import { formatState, parseState, type State } from '../state';

/** What a visual has to show: the rows of before stay until there are others. */
export interface Loaded<T> {
  readonly data?: T;
  readonly error?: string;
  readonly isLoading: boolean;
}

/** The state, which is the page's address, and a way to change it. */
export function useAddress(context: PageContext): {
  readonly state: State;
  readonly problems: readonly string[];
  readonly change: (change: Partial<State>) => void;
} {
  const { dashboard, exported } = context;
  const read = () => parseState(dashboard, exported ? new URLSearchParams(exported.query) : inOwnZone());
  const [current, setCurrent] = useState(read);
  useEffect(() => {
    if (!exported) history.replaceState(null, '', `?${inOwnZone()}`);
    const back = (): void => setCurrent(read());
    addEventListener('popstate', back);
    return () => removeEventListener('popstate', back);
  }, []);
  const change = (part: Partial<State>): void => {
    const state = { ...current.state, ...part };
    if (!exported) history.pushState(null, '', addressOf(dashboard, state));
    setCurrent({ state, problems: [] });
  };
  return { ...current, change };
}

/** What the address asks for, in the browser's time zone unless it names one. */
function inOwnZone(): URLSearchParams {
  const query = new URLSearchParams(location.search);
  if (!query.has('tz')) query.set('tz', Intl.DateTimeFormat().resolvedOptions().timeZone);
  return query;
}

/** The address of a state. It always names the time zone: whoever it is sent to sees the same. */
function addressOf(dashboard: Dashboard, state: State): string {
  const query = formatState(dashboard, state);
  query.set('tz', state.timeZone);
  return `?${query}`;
}

/** How often a page that is looked at asks whether there is something new, in milliseconds. */
const LOOK_EVERY_MS = 1000;

/**
 * A text that is another one when the lake has something new. It is asked for, since a stream would take one of the six connections
 * that browsers have to a server, for each tab.
 */
export function useVersion({ exported }: PageContext): string {
  const [version, setVersion] = useState('');
  const first = useRef<string | undefined>(undefined);
  useEffect(() => {
    if (exported) return undefined;
    const look = (): void => {
      if (document.hidden) return;
      load<{ readonly version: string }>('/api/version').then(
        (answer) => {
          first.current ??= answer.version;
          setVersion(answer.version === first.current ? '' : answer.version);
        },
        () => {}, // what is asked for next says what is wrong
      );
    };
    look();
    const timer = setInterval(look, LOOK_EVERY_MS);
    document.addEventListener('visibilitychange', look);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', look);
    };
  }, []);
  return version;
}

/** Loads something, again when its address or the lake's version changes. */
export function useLoaded<T>(path: string | undefined, version: string, known?: T): Loaded<T> {
  const asked = `${path} ${version}`;
  const [loaded, setLoaded] = useState<{ readonly asked?: string; readonly data?: T; readonly error?: string }>(
    known ? { data: known } : {},
  );
  useEffect(() => {
    if (path === undefined || known !== undefined) return undefined;
    const abort = new AbortController();
    load<T>(path, abort.signal).then(
      (data) => setLoaded({ asked, data }),
      (error: Error) => {
        if (error.name !== 'AbortError') setLoaded({ asked, error: error.message });
      },
    );
    return () => abort.abort();
  }, [asked]);
  return { ...loaded, isLoading: known === undefined && loaded.asked !== asked };
}

export function useVisual(context: PageContext, id: string, state: State, version: string): Loaded<VisualData> {
  const known = context.exported?.visuals[id];
  const { sheet: _, ...rest } = state;
  const query = formatState(context.dashboard, { ...rest, sheet: context.dashboard.sheets[0]!.id });
  return useLoaded<VisualData>(`/api/visuals/${id}?${query}`, version, known);
}

export function useControl(
  id: string,
  state: State,
  isOpen: boolean,
  { dashboard }: PageContext,
): Loaded<ControlValues> {
  const query = formatState(dashboard, { ...state, filters: {}, drill: {}, sheet: dashboard.sheets[0]!.id });
  query.delete('select');
  return useLoaded<ControlValues>(isOpen ? `/api/controls/${id}?${query}` : undefined, '');
}

/** How often, and after how many milliseconds, a busy server is asked again. */
const TRIES = 20;
const RETRY_MS = 500;

async function load<T>(path: string, signal?: AbortSignal): Promise<T> {
  for (let tries = 1; ; tries++) {
    const response = await fetch(path, { signal }).catch((error: Error) => {
      if (error.name === 'AbortError') throw error;
      throw new Error('the server does not answer: is "clickstream serve" still running?');
    });
    const body = (await response.json()) as T & { readonly error?: string };
    if (response.ok) return body;
    if (!response.headers.has('retry-after') || tries === TRIES)
      throw new Error(body.error ?? `the server answered ${response.status}`);
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}
