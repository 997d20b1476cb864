import { HOUR_S } from '../../core/time';
import type { GenerateOptions } from '../../sources/ground-truth/generate';

/** What the lakes of the crash tests hold: two days in twelve files, which are several batches. */
export const SIMULATION: GenerateOptions = {
  simulation: { seed: 7, model: 'journeys', eventsPerDay: 2000, incidents: [] },
  range: { from: Date.UTC(2026, 0, 10) / 1000, to: Date.UTC(2026, 0, 12) / 1000 },
  windowS: 4 * HOUR_S,
};

export const BATCH_BYTES = 20_000;

/** What a replay of these tests corrects. */
export const REPLACEMENT = 'location:UK=GB';
