import { DAY_S, formatTime, type TimeRange } from '../../core/time';
import { correlationIdOf, windowsOf } from '../landing/landing';
import { advance, type Watermark } from '../landing/watermark';
import type { Landings, Log } from './landings';

/** What was missed longer ago than this, in seconds, is left to a backfill. */
const LONGEST_CATCH_UP_S = DAY_S;

/** How often the watermark moves, so that what runs into its timeout still gets on; SSM takes three writes a second. */
const WINDOWS_PER_MOVE = 12;

export interface Schedule {
  readonly windowS: number;
  readonly watermark: Watermark;
  readonly landings: Landings;
  readonly log: Log;
}

/** The last whole window before a time (epoch seconds), cut at multiples of its length. */
export function windowBefore(time: number, windowS: number): TimeRange {
  const to = Math.floor(time / windowS) * windowS;
  return { from: to - windowS, to };
}

/**
 * Lands the window of a tick of the schedule and, before it, those missed since the watermark, which moves to the end of the
 * last one landed, even if a later one throws. What lies before the watermark has landed, perhaps in the history's objects, and
 * is not landed twice. A gap of more than a day before the window is only warned of.
 */
export async function landScheduled(time: number, { windowS, watermark, landings, log }: Schedule): Promise<void> {
  const own = windowBefore(time, windowS);
  const due = { from: dueFrom(own, await watermark.read(), log), to: own.to };
  if (due.from >= due.to) return log.info('window had landed before', { correlation_id: correlationIdOf(own) });
  let landedUntil = due.from;
  try {
    for (const window of windowsOf(due, windowS)) {
      await landings.land(window, { isCatchUp: window.to < own.to });
      landedUntil = window.to;
      if (landings.total.windows % WINDOWS_PER_MOVE === 0) await advance(watermark, landedUntil);
    }
  } finally {
    if (landedUntil > due.from) await advance(watermark, landedUntil);
  }
}

function dueFrom({ from }: TimeRange, landedUntil = from, log: Log): number {
  const earliest = from - LONGEST_CATCH_UP_S;
  if (landedUntil >= earliest) return landedUntil;
  const gap = { from: formatTime(landedUntil), to: formatTime(earliest) };
  log.warn('windows were missed too long ago to catch up', {
    gap_from: gap.from,
    gap_to: gap.to,
    remedy: `invoke the function with ${JSON.stringify(gap)}`,
  });
  return earliest;
}
