import { eventFields } from '../../schema/event';
import { columnsOf } from '../../schema/tables';

/** A value of a result row; times are `YYYY-MM-DD HH:MM:SS`, and `extra` is the object that its JSON text holds. */
export type Expected = string | number | null | object;

/** A raw line, and what every engine must make of it: a row of clickstream_table (but source_file), or a failed event's reasons. */
export interface EdgeCase {
  readonly name: string;
  readonly line: string;
  readonly row?: Readonly<Record<string, Expected>>;
  readonly reasons?: string;
}

type Fields = Readonly<Record<string, unknown>>;

const EVENT = {
  event_type: 'click',
  user_id: 'abcdefghij',
  user_action: 'product_page',
  timestamp: 1_700_000_000,
};

/** What becomes of EVENT: fields that it does not have are null, those that are added to the schema too. */
const ROW = {
  ...Object.fromEntries(eventFields.flatMap(columnsOf).map(({ name }) => [name, null])),
  extra: null,
  event_type: 'click',
  user_id: 'abcdefghij',
  user_action: 'product_page',
  country_code: 'ZZ',
  country_name: 'Unknown',
  continent: 'Unknown',
  click_date: '2023-11-14 22:13:20',
};

const GERMANY = { country_code: 'DE', country_name: 'Germany', continent: 'Europe' };
const NAMIBIA = { country_code: 'NA', country_name: 'Namibia', continent: 'Africa' };
const ALL_MISSING = 'missing_event_type,missing_user_id,missing_user_action,missing_timestamp';

/** Lines that the transformation must judge alike in every engine. Event ids are the cases' names but where that is the case. */
export const edgeCases: readonly EdgeCase[] = [
  // Accepted, and how
  accepted('only required fields', {}),
  accepted(
    'all fields',
    { product_category: 'books', location: 'DE', user_age: 35, ingest_time: 1_700_000_100 },
    { product_category: 'books', user_age: 35, ...GERMANY, ingest_time: '2023-11-14 22:15:00' },
  ),
  accepted('optional fields null', { product_category: null, location: null, user_age: null, ingest_time: null }),
  accepted('optional fields empty', { product_category: '', location: '', user_age: '', ingest_time: '' }),
  accepted('numbers as strings', { user_age: '35', timestamp: '1700000000' }, { user_age: 35 }),
  accepted('number with leading zeros', { user_age: '007' }, { user_age: 7 }),
  accepted('youngest', { user_age: 0 }, { user_age: 0 }),
  accepted('oldest', { user_age: 130 }, { user_age: 130 }),
  accepted('earliest', { timestamp: 946_684_800 }, { click_date: '2000-01-01 00:00:00' }),
  accepted('latest', { timestamp: 4_102_444_800 }, { click_date: '2100-01-01 00:00:00' }),
  accepted('last second of a leap day', { timestamp: 1_709_251_199 }, { click_date: '2024-02-29 23:59:59' }),
  accepted('beyond 32 bits', { timestamp: 2_147_483_648 }, { click_date: '2038-01-19 03:14:08' }),
  accepted('Namibia, whose code reads like a null', { location: 'NA' }, NAMIBIA),
  accepted('the unknown country by its code', { location: 'ZZ' }),
  accepted('a name of one letter', { event_type: 'a' }, { event_type: 'a' }),
  accepted('a name with digits', { event_type: 'v2_click_3' }, { event_type: 'v2_click_3' }),
  accepted('a name of 64', { event_type: 'x'.repeat(64) }, { event_type: 'x'.repeat(64) }),
  accepted('a user of 128', { user_id: 'x'.repeat(128) }, { user_id: 'x'.repeat(128) }),
  accepted('a user of 128 beyond the BMP', { user_id: '😀'.repeat(128) }, { user_id: '😀'.repeat(128) }),
  accepted('a user with quotes', { user_id: `O'Brien "\\` }, { user_id: `O'Brien "\\` }),
  accepted('a user with spaces', { user_id: ' a b ' }, { user_id: ' a b ' }),
  accepted('a user with a newline and a tab', { user_id: 'a\n\tb' }, { user_id: 'a\n\tb' }),
  accepted('Ünïcode – 日本語 – عربى'),
  accepted('a number as user', { user_id: 42 }, { user_id: '42' }),
  {
    ...accepted('escaped letters'),
    line: lineOf('escaped letters').replace('"click"', '"\\u0063lick"').replace('"user_id"', '"user\\u005fid"'),
  },
  { ...accepted('spaces around it'), line: ` \t${lineOf('spaces around it')}  ` },
  { ...accepted('spaces inside'), line: lineOf('spaces inside').replaceAll(',', ' ,\t').replaceAll(':', ' : ') },

  // Fields that the schema does not know
  accepted(
    'an extra field',
    { referrer: 'https://example.org/?q=a&b' },
    { extra: { referrer: 'https://example.org/?q=a&b' } },
  ),
  accepted(
    'an extra number, truth and list',
    { a: 1, b: true, c: [1, 'x', null] },
    { extra: { a: 1, b: true, c: [1, 'x', null] } },
  ),
  accepted(
    'a nested extra field',
    { page: { url: '/a', size: { w: 1 } } },
    { extra: { page: { url: '/a', size: { w: 1 } } } },
  ),
  accepted('a null extra field', { coupon: null }, { extra: { coupon: null } }),
  accepted('an empty extra field', { coupon: '' }, { extra: { coupon: '' } }),
  accepted('a field of another case', { Event_Type: 'x', USER_AGE: 7 }, { extra: { Event_Type: 'x', USER_AGE: 7 } }),
  accepted(
    'a column that is no field',
    { country_code: 'DE', extra: 'x' },
    { extra: { country_code: 'DE', extra: 'x' } },
  ),
  accepted('a known name inside', { context: { user_id: 'x' } }, { extra: { context: { user_id: 'x' } } }),
  accepted(
    'odd names',
    { '': 1, "it's": 2, 'a"b': 3, 'a.b': 4, $c: 5 },
    { extra: { '': 1, "it's": 2, 'a"b': 3, 'a.b': 4, $c: 5 } },
  ),
  {
    ...accepted('extra fields first', {}, { extra: { zebra: 1, apple: 2 } }),
    line: lineOf('extra fields first').replace('{', '{"zebra":1,"apple":2,'),
  },

  // Missing
  refused('no event type', { event_type: undefined }, 'missing_event_type'),
  refused('null user', { user_id: null }, 'missing_user_id'),
  refused('empty action', { user_action: '' }, 'missing_user_action'),
  refused('no time', { timestamp: undefined }, 'missing_timestamp'),
  refused('no id', { event_id: undefined }, 'missing_event_id'),
  failed('only an id', '{"event_id":"only an id"}', ALL_MISSING),
  failed('only an age', '{"user_age":35}', `missing_event_id,${ALL_MISSING}`),

  // Not numbers of the right kind
  refused('negative age', { user_age: -1 }, 'invalid_user_age'),
  refused('too old', { user_age: 131 }, 'invalid_user_age'),
  refused('age in words', { user_age: 'thirty' }, 'invalid_user_age'),
  refused('age with a space', { user_age: ' 35' }, 'invalid_user_age'),
  refused('age with a sign', { user_age: '+35' }, 'invalid_user_age'),
  refused('age of a dash', { user_age: '-' }, 'invalid_user_age'),
  refused('age with dashes', { user_age: '3-5' }, 'invalid_user_age'),
  refused('age in other digits', { user_age: '٣٥' }, 'invalid_user_age'),
  refused('true age', { user_age: true }, 'invalid_user_age'),
  refused('list of ages', { user_age: [35] }, 'invalid_user_age'),
  refused('object of ages', { user_age: { years: 35 } }, 'invalid_user_age'),
  refusedText('fractional age', '"user_age":5.7', 'invalid_user_age'),
  refusedText('whole fraction', '"user_age":35.0', 'invalid_user_age'),
  refusedText('scientific age', '"user_age":1e1', 'invalid_user_age'),
  refusedText('age beyond 64 bits', '"user_age":99999999999999999999', 'invalid_user_age'),
  refusedText('most negative age', '"user_age":-9223372036854775808', 'invalid_user_age'),
  refusedText('age beyond all', '"user_age":1e400', 'invalid_user_age'),
  refused('a time in milliseconds', { timestamp: 1_700_000_000_000 }, 'invalid_timestamp'),
  refused('a second too early', { timestamp: 946_684_799 }, 'invalid_timestamp'),
  refused('a second too late', { timestamp: 4_102_444_801 }, 'invalid_timestamp'),
  refused('negative time', { timestamp: -1_700_000_000 }, 'invalid_timestamp'),
  refused('a time in ISO 8601', { timestamp: '2023-11-14T22:13:20Z' }, 'invalid_timestamp'),
  refused('a date', { timestamp: '2023-11-14' }, 'invalid_timestamp'),
  refusedText('a fractional ingest time', '"ingest_time":1700000000.5', 'invalid_ingest_time'),

  // Not names
  refused('upper case', { event_type: 'Click' }, 'invalid_event_type'),
  refused('a space in a name', { user_action: 'add to cart' }, 'invalid_user_action'),
  refused('a digit first', { event_type: '2click' }, 'invalid_event_type'),
  refused('an underscore first', { event_type: '_click' }, 'invalid_event_type'),
  refused('a newline last', { event_type: 'click\n' }, 'invalid_event_type'),
  refused('a hyphen', { product_category: 'home-garden' }, 'invalid_product_category'),
  refused('a letter with a mark', { product_category: 'bücher' }, 'invalid_product_category'),
  refused('a letter beyond z', { product_category: 'ßx' }, 'invalid_product_category'),
  refused('an object for a name', { event_type: { name: 'click' } }, 'invalid_event_type'),
  refused('a name of 65', { event_type: 'x'.repeat(65) }, 'invalid_event_type'),
  refused('a user of 129', { user_id: 'x'.repeat(129) }, 'invalid_user_id'),
  refused('an id of 129', { event_id: 'x'.repeat(129) }, 'invalid_event_id'),

  // Not countries
  refused('lower-case country', { location: 'de' }, 'unknown_country'),
  refused('no such country', { location: 'XX' }, 'unknown_country'),
  refused('a country of three letters', { location: 'DEU' }, 'unknown_country'),
  refused('a country with a space', { location: 'DE ' }, 'unknown_country'),
  refused('a numeric country', { location: 276 }, 'unknown_country'),
  refused(
    'everything wrong',
    {
      event_id: '',
      event_type: 'A',
      user_id: '',
      user_action: '?',
      product_category: '-',
      user_age: -1,
      location: '?',
      timestamp: 0,
      ingest_time: 1,
    },
    'missing_event_id,invalid_event_type,missing_user_id,invalid_user_action,invalid_product_category,invalid_user_age,unknown_country,invalid_timestamp,invalid_ingest_time',
  ),

  // Not events
  failed('an empty object', '{}', 'not_an_event'),
  failed('only unknown fields', '{"a":1,"b":{"event_id":"x"}}', 'not_an_event'),
  failed('an array', '[1,2]', 'not_an_event'),
  failed('a string', '"click"', 'not_an_event'),
  failed('a number', '42', 'not_an_event'),
  failed('a null', 'null', 'not_an_event'),
];

/** Lines that are not JSON, which no engine's reader must stop at. */
export const notJson: readonly EdgeCase[] = [
  failed('words', 'Lorem ipsum', 'not_an_event'),
  failed('cut off', lineOf('cut off').slice(0, -1), 'not_an_event'),
  failed('two events', lineOf('two').repeat(2), 'not_an_event'),
  failed('something behind', `${lineOf('behind')}x`, 'not_an_event'),
  failed('single quotes', "{'event_id':'x'}", 'not_an_event'),
  failed('a list item', `${lineOf('item')},`, 'not_an_event'),
  failed('hexadecimal', lineOf('hex').replace('}', ',"user_age":0x10}'), 'not_an_event'),
  failed('CSV', 'abc,click,2024-01-01', 'not_an_event'),
  failed('an opening bracket', '[', 'not_an_event'),
];

function accepted(name: string, fields: Fields = {}, row: Readonly<Record<string, Expected>> = {}): EdgeCase {
  return { name, line: lineOf(name, fields), row: { ...ROW, event_id: name, ...row } };
}

function refused(name: string, fields: Fields, reasons: string): EdgeCase {
  return { name, line: lineOf(name, fields), reasons };
}

/** Refused for a field as it is written, which JSON.stringify could not write. */
function refusedText(name: string, field: string, reasons: string): EdgeCase {
  return { name, line: lineOf(name).replace(/}$/, `,${field}}`), reasons };
}

function failed(name: string, line: string, reasons: string): EdgeCase {
  return { name, line, reasons };
}

function lineOf(id: string, fields: Fields = {}): string {
  return JSON.stringify({ event_id: id, ...EVENT, ...fields });
}
