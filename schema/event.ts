/**
 * One field of an event: its name on the wire, its column in the result table, and the rules that a value must meet. The type
 * says how its raw text is read.
 */
export type EventField = {
  readonly name: string;
  /** A required field that is missing, null or empty makes the event a failed event. */
  readonly required: boolean;
  /** Name of the result column. @default the field's name */
  readonly column?: string;
  readonly description: string;
} & (
  | {
      readonly type: 'string';
      /** Most characters. @default 1024 */
      readonly maxLength?: number;
    }
  /** An open set of names, `[a-z][a-z0-9_]{0,63}`. */
  | { readonly type: 'vocabulary' }
  /** A key of the country reference. */
  | { readonly type: 'country' }
  | {
      /** 64 bits; `epoch_seconds` is UTC. */
      readonly type: 'integer' | 'epoch_seconds';
      /** The smallest and the largest value, both inclusive. */
      readonly min: number;
      readonly max: number;
    }
);

const YEAR_2000 = 946_684_800;
const YEAR_2100 = 4_102_444_800;

/** THE event: everything that reads, checks or stores events derives from this list. What a new field touches: CONTRIBUTING.md. */
export const eventFields = [
  {
    name: 'event_id',
    type: 'string',
    required: true,
    maxLength: 128,
    description: 'Unique id of the event; with its day (UTC) it is what deduplication goes by',
  },
  {
    name: 'event_type',
    type: 'vocabulary',
    required: true,
    description: 'What kind of event: click, search or purchase when simulated; an open vocabulary',
  },
  {
    name: 'user_id',
    type: 'string',
    required: true,
    maxLength: 128,
    description: 'Stable pseudonymous id of the user: ten lower-case letters when simulated',
  },
  {
    name: 'user_action',
    type: 'vocabulary',
    required: true,
    description: 'The page on which it happened, such as product_page; an open vocabulary',
  },
  {
    name: 'product_category',
    type: 'vocabulary',
    required: false,
    description: 'Category of the product concerned; null for searches',
  },
  {
    name: 'user_age',
    type: 'integer',
    required: false,
    min: 0,
    max: 130,
    description: 'Age of the user in years',
  },
  {
    name: 'location',
    type: 'country',
    required: false,
    column: 'country_code',
    description: 'ISO 3166-1 alpha-2 code of the country; missing is kept as ZZ (unknown)',
  },
  {
    name: 'timestamp',
    type: 'epoch_seconds',
    required: true,
    column: 'click_date',
    min: YEAR_2000,
    max: YEAR_2100,
    description: 'Event time: when it happened, in epoch seconds',
  },
  {
    name: 'ingest_time',
    type: 'epoch_seconds',
    required: false,
    min: YEAR_2000,
    max: YEAR_2100,
    description: 'When it arrived, in epoch seconds; the end of its window when simulated',
  },
] as const satisfies readonly EventField[];

type Field = (typeof eventFields)[number];
type ValueOf<F extends Field> = F['type'] extends 'integer' | 'epoch_seconds' ? number : string;

/** An event as it travels: one JSON object per line. Unknown fields are allowed and kept. */
export type Event = { [F in Field as F['required'] extends true ? F['name'] : never]: ValueOf<F> } & {
  [F in Field as F['required'] extends true ? never : F['name']]?: ValueOf<F> | null;
};

/** Longest line that is read as an event, in bytes (the record limit of Kinesis and Firehose); longer ones are failed events. */
export const MAX_EVENT_BYTES = 1024 * 1024;

/** First bytes that are kept of a failed event that is longer than an event may be. */
export const HEAD_BYTES = 4096;

/** How deep the brackets of a JSON document may be nested to be read by element; deeper ones are read line by line. */
export const MAX_DOCUMENT_DEPTH = 200;

/** After this many lines that look like the start of a JSON document and are not, the rest of a file is read line by line. */
export const MAX_DOCUMENT_ATTEMPTS = 100;
