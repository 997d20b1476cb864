import { setTimeout as sleep } from 'node:timers/promises';
import type { Lake } from './lake';
import { withFreshRawFiles } from './live-view';
import { openLake } from './open-lake';

/** A lake that is open only while it is used, so that writers get at it between times: DuckDB has one writer or many readers. */
export interface SharedLake {
  /** Does something on a connection of its own, that sees what has landed by now; not if its signal was aborted meanwhile. */
  use<T>(action: (lake: Lake) => Promise<T>, signal?: AbortSignal): Promise<T>;
  readonly isInUse: boolean;
  close(): Promise<void>;
}

export interface SharedLakeOptions {
  /** Milliseconds without use after which it is closed. */
  readonly idleMs: number;
  /** Milliseconds of uninterrupted use after which it is closed once, for writers that wait. */
  readonly mostHeldMs: number;
  /** Seconds to wait for a writer. */
  readonly waitS: number;
  /** A folder that may be read and written beside the lake. */
  readonly privateFolder: string;
}

/** How long a lake stays closed for writers, who try to open it ten times a second, in milliseconds. */
const WRITERS_TURN_MS = 250;

export function sharedLake(root: string, options: SharedLakeOptions): SharedLake {
  const { idleMs, mostHeldMs, waitS, privateFolder } = options;
  let opened: { readonly lake: Promise<Lake>; readonly at: number } | undefined;
  let users = 0;
  let idle: NodeJS.Timeout | undefined;
  let writersTurn: Promise<void> | undefined;
  let onUnused = (): void => {};

  function open(): Promise<Lake> {
    if (!opened) {
      const lake = openLake(root, { waitS, memoryLimit: '4GB', privateFolder });
      opened = { lake, at: Date.now() };
      lake.catch(() => {
        if (opened?.lake === lake) opened = undefined;
      });
    }
    return opened.lake;
  }
  async function close(): Promise<void> {
    clearTimeout(idle);
    const lake = opened?.lake;
    opened = undefined;
    (await lake?.catch(() => undefined))?.close();
  }
  async function letWritersIn(): Promise<void> {
    if (users > 0)
      await new Promise<void>((resolve) => {
        onUnused = resolve;
      });
    await close();
    await sleep(WRITERS_TURN_MS);
  }
  async function waitForWriters(): Promise<void> {
    if (!writersTurn && opened && Date.now() - opened.at > mostHeldMs)
      writersTurn = letWritersIn().finally(() => {
        writersTurn = undefined;
      });
    await writersTurn;
  }
  function leave(): void {
    users--;
    if (users > 0) return;
    onUnused();
    idle = setTimeout(close, idleMs).unref();
  }
  return {
    async use(action, signal) {
      await waitForWriters();
      clearTimeout(idle);
      users++;
      try {
        const lake = await open();
        signal?.throwIfAborted();
        const own = await lake.connect();
        return await withFreshRawFiles(own, () => action(own)).finally(() => own.close());
      } finally {
        leave();
      }
    },
    get isInUse() {
      return users > 0;
    },
    close,
  };
}
