import { gunzipSync } from 'node:zlib';
import type { Metadata, ObjectStore, VersionedStore } from '../../sources/landing/object-store';
import type { Watermark } from '../../sources/landing/watermark';
import type { Log } from '../../sources/simulator/landings';
import type { SimulatedEvent } from '../../sources/simulator/simulation';

export interface MemoryStore extends ObjectStore {
  /** In the order in which they were first put. */
  readonly objects: Map<string, Buffer>;
  readonly metadata: Map<string, Metadata | undefined>;
  /** Puts of keys that contain one of these texts fail. */
  readonly failing: string[];
  events(): SimulatedEvent[];
}

export function memoryStore(): MemoryStore {
  const [objects, metadata] = [new Map<string, Buffer>(), new Map<string, Metadata | undefined>()];
  const failing: string[] = [];
  return {
    objects,
    metadata,
    failing,
    async put(key, body, meta) {
      if (failing.some((text) => key.includes(text))) throw new Error(`${key} can't be written`);
      objects.set(key, body);
      metadata.set(key, meta);
    },
    events: () => [...objects.values()].flatMap(linesOf).map((line) => JSON.parse(line) as SimulatedEvent),
  };
}

export interface MemoryVersions extends VersionedStore {
  readonly objects: Map<string, { readonly body: Buffer; readonly version: string }>;
  /** What was asked of it, such as `replace KEY`. */
  readonly requests: string[];
}

export function memoryVersions(): MemoryVersions {
  const objects: MemoryVersions['objects'] = new Map();
  const requests: string[] = [];
  let versions = 0;
  return {
    objects,
    requests,
    async read(key) {
      requests.push(`read ${key}`);
      return objects.get(key);
    },
    async replace(key, body, version) {
      requests.push(`replace ${key}`);
      if (objects.get(key)?.version !== version) return undefined;
      const next = `v${++versions}`;
      objects.set(key, { body, version: next });
      return next;
    },
  };
}

export interface MemoryWatermark extends Watermark {
  time: number | undefined;
  writes: number;
}

export function memoryWatermark(time?: number): MemoryWatermark {
  return {
    time,
    writes: 0,
    async read() {
      return this.time;
    },
    async write(time) {
      this.time = time;
      this.writes++;
    },
  };
}

/** A log whose lines are kept, each with its level and message. */
export interface MemoryLog extends Log {
  readonly lines: Readonly<Record<string, unknown>>[];
}

export function memoryLog(): MemoryLog {
  const lines: Readonly<Record<string, unknown>>[] = [];
  const keep = (level: string) => (message: string, fields: Readonly<Record<string, unknown>>) => {
    lines.push({ level, message, ...fields });
  };
  return { lines, info: keep('info'), warn: keep('warn'), error: keep('error') };
}

function linesOf(body: Buffer): string[] {
  return gunzipSync(body).toString().trimEnd().split('\n');
}
