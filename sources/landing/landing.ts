import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import { createGzip } from 'node:zlib';
import { EVENTS_PER_PART } from '../../core/limits';
import type { TimeRange } from '../../core/time';
import type { ObjectStore } from './object-store';
import { type LandingEvent, serialize } from './serialize';

/** Text is flattened to bytes in pieces that fit the processor's cache. */
const CHUNK_CHARACTERS = 1 << 14;

/** What landing one window wrote. */
export interface Landed {
  readonly keys: readonly string[];
  readonly eventCount: number;
  /** Compressed bytes. */
  readonly bytes: number;
}

/**
 * Puts events that arrived during a window into the store as gzipped NDJSON under `raw/`. Keys and bytes follow from the events,
 * the window and the correlation id alone, so that a retry overwrites what it landed before.
 */
export async function landEvents(
  events: Iterable<LandingEvent>,
  window: TimeRange,
  store: ObjectStore,
  correlationId = correlationIdOf(window),
): Promise<Landed> {
  const keys: string[] = [];
  let [eventCount, bytes] = [0, 0];
  let part = newPart();
  const land = async (): Promise<void> => {
    const key = objectKey(window, keys.length, correlationId);
    const body = await part.finish();
    await store.put(key, body, { 'correlation-id': correlationId });
    keys.push(key);
    bytes += body.length;
    eventCount += part.eventCount;
    part = newPart();
  };
  for (const event of events) {
    part.add(serialize(event, window.to));
    if (part.isFull()) await part.drain();
    if (part.eventCount >= EVENTS_PER_PART) await land();
  }
  if (part.eventCount > 0) await land();
  return { keys, eventCount, bytes };
}

/** Gzips lines as they come, off this thread. */
function newPart() {
  const gzip = createGzip();
  const compressed = buffer(gzip);
  let text = '';
  return {
    eventCount: 0,
    add(line: string): void {
      text += line;
      this.eventCount++;
    },
    isFull: (): boolean => text.length >= CHUNK_CHARACTERS,
    async drain(): Promise<void> {
      const isFlowing = gzip.write(text, 'utf8');
      text = '';
      if (!isFlowing) await once(gzip, 'drain');
    },
    finish(): Promise<Buffer> {
      gzip.end(text, 'utf8');
      return compressed;
    },
  };
}

/** `raw/date=YYYY-MM-DD/hour=HH/<correlation id>-<part>.ndjson.gz`, by the start of the window in UTC. */
export function objectKey(window: TimeRange, part: number, correlationId = correlationIdOf(window)): string {
  const date = new Date(window.from * 1000).toISOString().slice(0, 10);
  const hour = compactTime(window.from).slice(9, 11);
  return `raw/date=${date}/hour=${hour}/${correlationId}-${String(part).padStart(4, '0')}.ndjson.gz`;
}

/** `<start>-<end>`: names a window in keys, in metadata of objects and in log lines, however often it is landed. */
export function correlationIdOf({ from, to }: TimeRange): string {
  return `${compactTime(from)}-${compactTime(to)}`;
}

/** Cuts a range at multiples of `stepS` seconds since the epoch: days at midnight UTC, five-minute windows on the clock. */
export function* windowsOf({ from, to }: TimeRange, stepS: number): Generator<TimeRange> {
  for (let start = from; start < to; ) {
    const end = Math.min(to, (Math.floor(start / stepS) + 1) * stepS);
    yield { from: start, to: end };
    start = end;
  }
}

/** ISO 8601 basic format, such as 20260301T100000Z. */
function compactTime(time: number): string {
  return new Date(time * 1000).toISOString().replace(/[-:]|\.\d+/g, '');
}
