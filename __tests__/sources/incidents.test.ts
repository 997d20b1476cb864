import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DAY_S, HOUR_S } from '../../core/time';
import { formatIncident, INCIDENT_KINDS, type Incident, parseIncident } from '../../sources/simulator/incidents';
import type { SimulatedEvent } from '../../sources/simulator/simulation';
import { countries, days, eventsOf, journeys, START, textOf } from './simulations';

const DURING = { from: START + 30 * HOUR_S, to: START + 36 * HOUR_S };
const outage: Incident = { kind: 'checkout-outage', country: 'IN', ...DURING };
const flood: Incident = { kind: 'bot-flood', country: 'DE', ...DURING };
const campaign: Incident = { kind: 'campaign-spike', country: 'IN', ...DURING };
const undisturbed = eventsOf(journeys, days(0, 3));

test('an incident is read with its start in UTC and its duration', () => {
  expect(parseIncident('checkout-outage:DE:2026-03-01T10:00/6h', countries)).toEqual({
    kind: 'checkout-outage',
    country: 'DE',
    from: Date.UTC(2026, 2, 1, 10) / 1000,
    to: Date.UTC(2026, 2, 1, 16) / 1000,
  });
});

test.each([
  ['2026-03-02', START],
  ['2026-03-02T00:00Z', START],
  ['2026-03-02T01:30+01:30', START],
  ['2026-03-02T00:00:30', START + 30],
])('a start may be %s', (start, from) => {
  expect(parseIncident(`bot-flood:DE:${start}/90m`, countries)).toMatchObject({ from, to: from + 5400 });
});

test.each([
  ['checkout-outage', 'write KIND:COUNTRY:START/DURATION'],
  ['bot-flood:DE:2026-03-01T10:00/6w', 'write KIND:COUNTRY:START/DURATION'],
  ['bot-flood:DE:2026-03-01T10:00/0h', 'write KIND:COUNTRY:START/DURATION'],
  ['earthquake:DE:2026-03-01T10:00/6h', 'use one of checkout-outage, bot-flood, campaign-spike'],
  ['bot-flood:Germany:2026-03-01T10:00/6h', 'ISO 3166-1 alpha-2 code, such as DE'],
  ['bot-flood:ZZ:2026-03-01T10:00/6h', 'not an inhabited country'],
  ['bot-flood:DE:noon/6h', 'write it as 2026-03-01T10:00'],
  ['bot-flood:DE:day 3/6h', 'write it as 2026-03-01T10:00'],
  ['bot-flood:DE:2026-02-31T10:00/6h', 'write it as 2026-03-01T10:00'],
])('%s is refused with the remedy', (text, remedy) => {
  expect(() => parseIncident(text, countries)).toThrow(remedy);
  expect(() => parseIncident(text, countries)).toThrow(text);
});

test('what is formatted reads as the same incident', () => {
  const incidents = fc.record({
    kind: fc.constantFrom(...INCIDENT_KINDS),
    country: fc.constantFrom('DE', 'IN'),
    from: fc.integer({ min: START, max: START + DAY_S }),
    minutes: fc.integer({ min: 1, max: 10_000 }),
  });
  fc.assert(
    fc.property(incidents, ({ minutes, ...start }) => {
      const incident = { ...start, to: start.from + minutes * 60 };
      expect(parseIncident(formatIncident(incident), countries)).toEqual(incident);
    }),
  );
});

test('an outage takes the purchases in its country during it, and nothing else', () => {
  const isLost = (event: SimulatedEvent) =>
    event.event_type === 'purchase' && isDuring(event) && event.location === 'IN';
  expect(undisturbed.filter(isLost).length).toBeGreaterThan(10);
  expect(textOf(eventsWith(outage))).toBe(textOf(undisturbed.filter((event) => !isLost(event))));
});

test('a flood adds clicks of a few bots in its country during it, at twice the rate of the site, and nothing else', () => {
  const clicks = added(eventsWith(flood));
  expect(clicks.every((event) => isDuring(event) && event.location === 'DE')).toBe(true);
  expect(clicks.every((event) => event.event_type === 'click' && event.user_action === 'product_page')).toBe(true);
  expect(clicks).toHaveLength((2 * journeys.eventsPerDay) / 4);
  expect(usersOf(clicks).size).toBe(5);
  expect(isDisjoint(usersOf(clicks), usersOf(undisturbed))).toBe(true);
});

test('a campaign adds a session each of new users in its country, three for each that there is anyway, and nothing else', () => {
  const events = added(eventsWith(campaign));
  const sessions = new Map(events.map((event) => [event.event_id.slice(0, 20), event.user_id]));
  const starts = events.filter(({ event_id }) => event_id.endsWith('0000'));
  expect(events.every(({ location }) => location === 'IN')).toBe(true);
  expect(starts.every(isDuring)).toBe(true);
  expect(starts).toHaveLength(sessions.size);
  expect(usersOf(events).size).toBe(sessions.size);
  expect(isDisjoint(usersOf(events), usersOf(undisturbed))).toBe(true);
  const people = countries.reduce((sum, { population }) => sum + population, 0);
  const share = countries.find(({ code }) => code === 'IN')!.population / people;
  expect(Math.abs(sessions.size - (3 * share * journeys.eventsPerDay) / 4 / 4)).toBeLessThanOrEqual(1);
});

test('incidents in one country act together: nobody whom a campaign brings can buy during an outage', () => {
  const events = eventsWith(outage, campaign);
  const buying = events.filter(
    (event) => event.event_type === 'purchase' && isDuring(event) && event.location === 'IN',
  );
  expect(buying).toEqual([]);
  expect(events.length).toBeGreaterThan(undisturbed.length);
});

test('two campaigns bring different users', () => {
  const both = eventsWith(campaign, { ...campaign, country: 'DE' });
  expect(new Set(both.map(({ event_id }) => event_id)).size).toBe(both.length);
  expect(usersOf(added(both)).size).toBe(new Set(added(both).map(({ event_id }) => event_id.slice(0, 20))).size);
});

function eventsWith(...incidents: readonly Incident[]): SimulatedEvent[] {
  return eventsOf({ ...journeys, incidents }, days(0, 3));
}

/** Events that the undisturbed simulation doesn't have, which must have lost none. */
function added(events: readonly SimulatedEvent[]): SimulatedEvent[] {
  const known = new Set(undisturbed.map((event) => JSON.stringify(event)));
  const others = events.filter((event) => !known.has(JSON.stringify(event)));
  expect(events.length - others.length).toBe(known.size);
  return others;
}

function isDuring({ timestamp }: SimulatedEvent): boolean {
  return timestamp >= DURING.from && timestamp < DURING.to;
}

function usersOf(events: readonly SimulatedEvent[]): Set<string> {
  return new Set(events.map(({ user_id }) => user_id));
}

function isDisjoint(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return [...a].every((user) => !b.has(user));
}
