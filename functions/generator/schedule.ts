import { formatTime } from './incidents';
import { windowsOf } from './landing';
import type { Landings, Log } from './landings';
import { DAY_S } from './population';
import type { TimeRange } from './simulation';
import { advance, type Watermark } from './watermark';

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
 * last one landed, even if a later one throws. A gap of more than a day before the window is only warned of.
 */
export async function landScheduled(time: number, { windowS, watermark, landings, log }: Schedule): Promise<void> {
  const own = windowBefore(time, windowS);
  const missed = missedBefore(own, await watermark.read(), log);
  let landedUntil: number | undefined;
  let windows = 0;
  try {
    for (const window of windowsOf(missed, windowS)) {
      await landings.land(window, { isCatchUp: true });
      landedUntil = window.to;
      if (++windows % WINDOWS_PER_MOVE === 0) await advance(watermark, landedUntil);
    }
    await landings.land(own);
    landedUntil = own.to;
  } finally {
    if (landedUntil !== undefined) await advance(watermark, landedUntil);
  }
}

function missedBefore({ from: to }: TimeRange, landedUntil = to, log: Log): TimeRange {
  const earliest = to - LONGEST_CATCH_UP_S;
  if (landedUntil >= earliest) return { from: landedUntil, to };
  const gap = { from: formatTime(landedUntil), to: formatTime(earliest) };
  log.warn('windows were missed too long ago to catch up', {
    gap_from: gap.from,
    gap_to: gap.to,
    remedy: `invoke the function with ${JSON.stringify(gap)}`,
  });
  return { from: earliest, to };
}
