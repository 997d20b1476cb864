import { expect, test } from '@jest/globals';
import { demoIncidents } from '../../cli/demo';
import { DAY_S } from '../../core/time';
import { clickstreamDashboard as dashboard } from '../../dashboard/clickstream-dashboard';
import { groupsOf, incidentSentence, overlap } from '../../dashboard/incidents';
import type { Incident } from '../../dashboard/protocol';
import { visualOf } from '../../dashboard/spec';
import { initialState } from '../../dashboard/state';
import { type LakeReader, lakeReader } from '../../lake/duckdb/lake-reader';
import { utcText } from '../../metrics/period';
import { visualData } from '../../server/dashboard-server';
import { incidentsOf } from '../../server/incidents';
import { generate } from '../../sources/ground-truth/generate';
import type { Incident as Planted } from '../../sources/simulator/incidents';
import { type TemporaryLake, temporaryLake } from '../../support/temporary-lake';

const DAYS = 60;
const UNTIL = Date.parse('2026-11-01T00:00Z') / 1000;
/** How many simulations; SEEDS=20 takes three minutes more. */
const SEEDS = Array.from({ length: Number(process.env.SEEDS ?? 5) }, (_, n) => n + 1);

/** What a sentence must say of an incident that was planted: the country, the direction, and the event types. */
const SAYS = {
  'bot-flood': { country: 'United States', direction: 'spike', types: ['click'] },
  'checkout-outage': { country: 'India', direction: 'drop', types: ['purchase'] },
  'campaign-spike': { country: 'Brazil', direction: 'spike', types: ['click', 'search'] },
} as const;

test.each(SEEDS)(
  'each incident of the demo has a sentence that is right, and weighs more than what came about by chance: seed %d',
  async (seed) => {
    const lake = temporaryLake();
    const planted = demoIncidents(UNTIL, DAYS);
    await generate(lake.root, {
      simulation: { seed, model: 'journeys', eventsPerDay: 5760, incidents: planted },
      range: { from: UNTIL - DAYS * DAY_S, to: UNTIL },
    });
    await lake.transform();
    const reader = lakeReader(lake.root);
    try {
      const found = await incidentsOf(reader);
      const groups = groupsOf(found);
      for (const { kind, from, to } of planted) {
        const { country, direction, types } = SAYS[kind as keyof typeof SAYS];
        const period = { from: utcText(from * 1000), to: utcText(to * 1000) };
        const own = groups.filter((group) => group.country_name === country && group.direction === direction);
        expect(own.map((group) => overlap(group, period))).toEqual([true]);
        expect(own[0]!.eventTypes).toEqual(expect.arrayContaining([...types]));
        expect(incidentSentence(own[0]!, 'UTC')).toMatch(
          new RegExp(
            `^${country} had [\\d,]+ .* events instead of the expected [\\d,]+ (in anomalous hours )?(on|from) `,
          ),
        );
      }
      expect(groups[0]!.country_name).toBe('United States');
      expect(groups.slice(0, planted.length).every((group) => isPlanted(group, planted))).toBe(true);
      expect(groups.length).toBeLessThanOrEqual(planted.length + 1); // a user with eighty clicks in a small country
      if (seed === SEEDS[0]) await expectLeftOut(lake, reader, found);
    } finally {
      await reader.close();
      lake.remove();
    }
  },
);

function isPlanted(
  group: { readonly country_name: string; readonly from: string; readonly to: string },
  planted: readonly Planted[],
): boolean {
  return planted.some(
    ({ kind, from, to }) =>
      SAYS[kind as keyof typeof SAYS].country === group.country_name &&
      overlap(group, { from: utcText((from - DAY_S) * 1000), to: utcText((to + DAY_S) * 1000) }),
  );
}

/** Leaving incidents out takes away the events of spikes from their first hour to their last, and nothing else. */
async function expectLeftOut(lake: TemporaryLake, reader: LakeReader, incidents: readonly Incident[]): Promise<void> {
  const state = { ...initialState(dashboard), dates: { last: DAYS } };
  const total = async (isWithoutSpikes: boolean): Promise<number> => {
    const visual = visualOf(dashboard, 'total-events')!;
    const { main } = await visualData({ dashboard, reader }, visual, { ...state, isWithoutSpikes }, new Date());
    return Number(main.rows[0]![0]);
  };
  const spikes = incidents
    .filter(({ direction }) => direction === 'spike')
    .map(
      ({ country_code, event_type, from, to }) =>
        `country_code = '${country_code}' AND event_type = '${event_type}' AND click_date >= '${from}' AND click_date < '${to}'`,
    );
  const [left] = await lake.rows(`
    SELECT COUNT(*) AS n FROM clickstream_db.clickstream_table WHERE NOT (${spikes.map((each) => `(${each})`).join(' OR ')})`);
  expect(spikes.length).toBeGreaterThan(2);
  expect(await total(true)).toBe(left!.n);
  expect(await total(false)).toBeGreaterThan(Number(left!.n));
}
