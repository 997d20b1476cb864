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

  test('requires what an event cannot do without', () => {
    const required = fields.filter((field) => field.required).map(({ name }) => name);
    expect(required).toEqual(['event_id', 'event_type', 'user_id', 'user_action', 'timestamp']);
  });

  test('leaves event types, actions and categories to the sites: names of an open vocabulary', () => {
    const open = fields.filter(({ type }) => type === 'vocabulary').map(({ name }) => name);
    expect(open).toEqual(['event_type', 'user_action', 'product_category']);
  });

  test('bounds the length of strings alone, and of every id', () => {
    const bounded = fields.filter(({ maxLength }) => maxLength !== undefined);
    expect(bounded.map(({ name, type, maxLength }) => [name, type, maxLength])).toEqual([
      ['event_id', 'string', 128],
      ['user_id', 'string', 128],
    ]);
  });

  test('takes lines up to a mebibyte, as Kinesis and Firehose do', () => {
    expect(MAX_EVENT_BYTES).toBe(1_048_576);
  });

  test('bounds each number, and no other type', () => {
    const isNumber = ({ type }: EventField) => type === 'integer' || type === 'epoch_seconds';
    const isBounded = ({ min, max }: EventField) => min !== undefined && max !== undefined && min < max;
    expect(fields.filter(isBounded)).toEqual(fields.filter(isNumber));
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
