import type { Measure } from '../metrics/measure';
import type { Period } from '../metrics/period';
import { formatChange, formatValue } from './format';
import { groupsOf, incidentSentence } from './incidents';
import type { Mover } from './movers';
import { periodWords } from './period-words';
import type { Incident } from './protocol';

/** Facts about a number over a range of dates. */
export interface Facts {
  readonly measure: Measure;
  readonly value: number;
  /** Of the time before; undefined if there is nothing to compare with. */
  readonly before: number | undefined;
  readonly current: Period;
  readonly earlier: Period | undefined;
  /** What moved most by country, both ways. */
  readonly movers: readonly Mover[];
  /** Incidents that began in the range. */
  readonly incidents: readonly Incident[];
  /** What incidents have added, in the range and in the time before. */
  readonly excess: number;
  readonly excessBefore: number;
  readonly timeZone: string;
}

/** Changes below this share are none. */
const LEVEL = 0.005;

/** Incidents are worth a sentence if they change the number by this share. */
const WORTH_A_WORD = 0.001;

/** One to three sentences that say what happened: how much, what moved it, and what was out of the ordinary. */
export function summaryOf(facts: Facts): string[] {
  return [changeSentence(facts), ...incidentSentences(facts), ...withoutSentence(facts)];
}

function changeSentence({ measure, value, before, current, earlier, movers, timeZone }: Facts): string {
  const shown = formatValue(value, measure.format);
  const when = periodWords(current, timeZone);
  if (before === undefined || earlier === undefined)
    return `${shown} ${measure.unit} (${when}). There is no complete earlier period to compare with.`;
  const change = before === 0 ? Math.sign(value) : (value - before) / before;
  const from = `${formatValue(before, measure.format)} (${periodWords(earlier, timeZone)})`;
  if (Math.abs(change) < LEVEL) return `${measure.label} are flat: ${shown} (${when}), compared with ${from}.`;
  const by = before === 0 ? '' : ` ${formatChange(value, before, measure.format).replace(/^[+−]/, '')}`;
  const most = movers.filter((mover) => Math.sign(mover.change) === Math.sign(change)).sort(bySize)[0];
  const who = most
    ? `; largest ${change > 0 ? 'increase' : 'decrease'}: ${most.key} (${signed(most.change, measure)})`
    : '';
  return `${measure.label} ${change > 0 ? 'rose' : 'fell'}${by} to ${shown} (${when}), from ${from}${who}.`;
}

/** Of the incident that weighs most: who, what, when, seen and expected; and of how many it is the heaviest. */
function incidentSentences({ incidents, timeZone }: Facts): string[] {
  const [heaviest, ...others] = groupsOf(incidents);
  if (!heaviest) return [];
  const kind = others.length > 0 ? `The largest of ${others.length + 1} incidents` : 'One incident';
  return [`${kind}: ${incidentSentence(heaviest, timeZone)}.`];
}

/** What the change would be without what incidents added or took, where that makes a difference. */
function withoutSentence({ measure, value, before, excess, excessBefore }: Facts): string[] {
  if (before === undefined || before === 0 || measure.expression.kind !== 'count') return [];
  const [now, then] = [value - excess, before - excessBefore];
  if (Math.abs(now / then - value / before) < WORTH_A_WORD) return [];
  return [`Without incidents, the change would be about ${formatChange(now, then, measure.format)}.`];
}

function signed(change: number, { format }: Measure): string {
  return `${change > 0 ? '+' : '−'}${formatValue(Math.abs(change), format)}`;
}

function bySize(a: Mover, b: Mover): number {
  return Math.abs(b.change) - Math.abs(a.change);
}
