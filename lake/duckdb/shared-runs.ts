import { setImmediate as nextTurn } from 'node:timers/promises';
import PQueue from 'p-queue';
import { UserError } from '../../core/errors';

/** Work is refused because more waits than is worth waiting for. */
export class BusyError extends UserError {}

/** Work that several may want at once, a little of it at a time. */
export interface SharedRuns<T> {
  /**
   * The result of the work of a key, which is done once for all who ask while it waits or runs. When the last of them has left, it
   * is dropped, or stopped by its own signal if it runs.
   *
   * @param signal ends the waiting of who asks, with the signal's reason
   * @throws BusyError if too much waits already
   */
  run(key: string, work: (signal: AbortSignal) => Promise<T>, signal?: AbortSignal): Promise<T>;
  readonly load: RunLoad;
}

/** How much work there is, and how much was ever begun. */
export interface RunLoad {
  readonly waiting: number;
  readonly running: number;
  readonly begun: number;
}

export interface SharedRunsOptions {
  readonly parallel: number;
  /** Most that waits, beside what runs. */
  readonly mostWaiting: number;
}

interface Run<T> {
  readonly result: Promise<T>;
  /** Drops it, or stops it. */
  stop(): void;
  waiters: number;
}

export function sharedRuns<T>({ parallel, mostWaiting }: SharedRunsOptions): SharedRuns<T> {
  const runs = new Map<string, Run<T>>();
  const queue = new PQueue({ concurrency: parallel });
  let begun = 0;

  function start(key: string, work: (signal: AbortSignal) => Promise<T>): Run<T> {
    if (queue.pending >= parallel && queue.size >= mostWaiting)
      throw new BusyError('too much is asked at once: try again in a moment');
    const waiting = new AbortController();
    const working = new AbortController();
    let isBegun = false;
    const result = queue.add(
      async () => {
        isBegun = true;
        await nextTurn(); // to hear of those who have left meanwhile
        working.signal.throwIfAborted();
        begun++;
        return work(working.signal);
      },
      { signal: waiting.signal },
    );
    const forget = (): void => {
      if (runs.get(key) === run) runs.delete(key);
    };
    const run: Run<T> = {
      result,
      // Its place is free when it has ended, not when it is told to; so that the queue hears only of what it has not begun.
      stop() {
        forget();
        (isBegun ? working : waiting).abort(new Error('nobody waits for this any more'));
      },
      waiters: 0,
    };
    runs.set(key, run);
    result.then(forget, forget);
    return run;
  }

  return {
    async run(key, work, signal) {
      signal?.throwIfAborted();
      const run = runs.get(key) ?? start(key, work);
      run.waiters++;
      try {
        return await orAborted(run.result, signal);
      } finally {
        run.waiters--;
        if (run.waiters === 0) run.stop();
      }
    },
    get load() {
      return { waiting: queue.size, running: queue.pending, begun };
    },
  };
}

/** Waits for a promise no longer than a signal lets it. */
export async function orAborted<T>(promise: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (!signal) return promise;
  let leave = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    leave = () => reject(signal.reason);
    signal.addEventListener('abort', leave, { once: true });
  });
  return Promise.race([promise, aborted]).finally(() => signal.removeEventListener('abort', leave));
}
