import { expect, test } from '@jest/globals';
import { HOUR_S } from '../../core/time';
import { invocationOf } from '../../functions/generator/invocation';
import { START } from '../sources/simulations';

const TICK = {
  version: '0',
  id: '53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa',
  'detail-type': 'Scheduled Event',
  source: 'aws.events',
  account: '123456789012',
  time: '2026-03-02T01:00:00Z',
  region: 'eu-central-1',
  resources: ['arn:aws:events:eu-central-1:123456789012:rule/schedule'],
  detail: {},
};
const REQUEST = {
  version: '2.0',
  routeKey: 'POST /generate',
  isBase64Encoded: false,
  requestContext: { requestId: 'JKJaXmPLvHcESHA=', timeEpoch: 1_772_409_600_000 },
};

test('a scheduled event is a tick at its own time', () => {
  expect(invocationOf(TICK)).toEqual({ kind: 'schedule', time: START + HOUR_S });
});

test.each([{ history_days: 60 }, { from: '2026-03-01', to: '2026-03-02' }, { to: 1, from: null }])(
  '%j is a backfill, whose values are checked later',
  (event) => {
    expect(invocationOf(event)).toEqual({ kind: 'backfill', event });
  },
);

test('an event of an HTTP API with payload 2.0 is a request', () => {
  expect(invocationOf(REQUEST)).toEqual({ kind: 'request', request: REQUEST });
});

test.each([
  {},
  [],
  null,
  undefined,
  'history_days',
  { foo: 1 },
  { history_days: 60, from: '2026-03-01' },
  { from: '2026-03-01' },
  { source: 'aws.events' },
  { ...TICK, source: 'aws.s3' },
  { ...REQUEST, version: '1.0' },
  { ...REQUEST, requestContext: { requestId: 'id' } },
])('%j is refused with the three shapes that are taken', (event) => {
  const shapes = /scheduled event of EventBridge.*a backfill, {"history_days": 60}.*HTTP API with payload 2\.0/;
  expect(() => invocationOf(event)).toThrow(shapes);
});

test('what is refused is told, if not at length', () => {
  expect(() => invocationOf({ foo: 1 })).toThrow('can\'t tell what to generate for {"foo":1}: send');
  expect(() => invocationOf({ foo: 'x'.repeat(10_000) })).toThrow(/^.{0,600}$/s);
});

test('a scheduled event at no time is refused', () => {
  expect(() => invocationOf({ ...TICK, time: 'noon' })).toThrow(
    /time is "noon": send one such as 2026-11-25T01:45:00Z/,
  );
});
