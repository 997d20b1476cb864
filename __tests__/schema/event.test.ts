import { describe, expect, test } from '@jest/globals';
import { type Event, type EventField, eventFields, MAX_EVENT_BYTES } from '../../schema/event';

const fields: readonly EventField[] = eventFields;

const event: Event = {
  event_id: 'e-1',
  event_type: 'click',
  user_id: 'abcdefghij',
  user_action: 'product_page',
  timestamp: 1_700_000_000,
};

describe('the event schema', () => {
  test('names each field once, in snake case, and describes it', () => {
    const names = fields.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)]);
    expect(fields.filter(({ name }) => !/^[a-z][a-z_]*$/.test(name))).toEqual([]);
    expect(fields.filter(({ description }) => !description.trim())).toEqual([]);
  });

  test('requires what an event cannot do without: one more would fail every event that has landed before', () => {
    const required = fields.filter((field) => field.required).map(({ name }) => name);
    expect(required).toEqual(['event_id', 'event_type', 'user_id', 'user_action', 'timestamp']);
  });

  test('leaves event types, actions and categories to the sites: names of an open vocabulary', () => {
    const open = fields.filter(({ type }) => type === 'vocabulary').map(({ name }) => name);
    expect(open).toEqual(expect.arrayContaining(['event_type', 'user_action', 'product_category']));
  });

  test('bounds the length of every id: give a new one maxLength 128 too', () => {
    const ids = fields.filter(({ name }) => name.endsWith('_id'));
    expect(ids.map(({ name }) => name)).toEqual(expect.arrayContaining(['event_id', 'user_id']));
    for (const id of ids) expect(id).toMatchObject({ type: 'string', maxLength: 128 });
  });

  test('takes lines up to a mebibyte, as Kinesis and Firehose do', () => {
    expect(MAX_EVENT_BYTES).toBe(1_048_576);
  });

  test('bounds each number by a range that is not empty', () => {
    const bounds = fields.flatMap((field) => ('min' in field ? [field] : []));
    expect(bounds.map(({ name }) => name)).toEqual(expect.arrayContaining(['user_age', 'timestamp', 'ingest_time']));
    expect(bounds.filter(({ min, max }) => min >= max)).toEqual([]);
  });
});

// The compiler is what checks these: `tsc --noEmit` fails if an expected error is none.
describe('the Event type', () => {
  test('accepts an event with, without and with null optional fields', () => {
    const events: Event[] = [
      event,
      { ...event, user_age: 42, location: 'NA', product_category: 'books', ingest_time: 1_700_000_060 },
      { ...event, user_age: null, location: null, product_category: null, ingest_time: null },
    ];
    expect(events).toHaveLength(3);
  });

  test('rejects wrong types, nulls in required fields, missing and unknown ones', () => {
    const { user_id, ...anonymous } = event;
    const rejected: Event[] = [
      // @ts-expect-error user_id is required
      anonymous,
      // @ts-expect-error event_id is required and so not null
      { ...event, event_id: null },
      // @ts-expect-error timestamp is a number
      { ...event, timestamp: '1700000000' },
      // @ts-expect-error user_age is a number
      { ...event, user_age: '42' },
      // @ts-expect-error location is a string
      { ...event, location: 276 },
      // @ts-expect-error country_code is a column, not a field
      { ...event, country_code: 'DE' },
    ];
    expect(rejected).toHaveLength(6);
    expect(user_id).toBe('abcdefghij');
  });
});

describe('the EventField type', () => {
  test('rejects a number without bounds, and bounds of what is no number', () => {
    const common = { name: 'x', required: false, description: 'X' };
    const rejected: EventField[] = [
      // @ts-expect-error max is required
      { ...common, type: 'integer', min: 0 },
      // @ts-expect-error a string has a length, and no smallest value
      { ...common, type: 'string', min: 0 },
      // @ts-expect-error names of a vocabulary have one length
      { ...common, type: 'vocabulary', maxLength: 64 },
    ];
    expect(rejected).toHaveLength(3);
  });
});
