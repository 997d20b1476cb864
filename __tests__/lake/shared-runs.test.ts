import { expect, test } from '@jest/globals';
import { BusyError, sharedRuns } from '../../lake/duckdb/shared-runs';

/** Work that ends when it is told to, and notes what happens to it. */
function workshop() {
  const begun: string[] = [];
  const stopped: string[] = [];
  const ends = new Map<string, (result: string) => void>();
  const work =
    (name: string) =>
    (signal: AbortSignal): Promise<string> => {
      begun.push(name);
      return new Promise((resolve, reject) => {
        ends.set(name, resolve);
        signal.addEventListener('abort', () => {
          stopped.push(name);
          reject(signal.reason);
        });
      });
    };
  return { begun, stopped, work, end: (name: string) => ends.get(name)!(`result of ${name}`) };
}

test('work of the same key is done once for all who wait', async () => {
  const { begun, work, end } = workshop();
  const runs = sharedRuns<string>({ parallel: 1, mostWaiting: 0 });
  const asked = [runs.run('a', work('a')), runs.run('a', work('a')), runs.run('a', work('a'))];
  await settled();
  end('a');
  expect(await Promise.all(asked)).toEqual(Array(3).fill('result of a'));
  expect(begun).toEqual(['a']);
  expect(runs.load).toEqual({ waiting: 0, running: 0, begun: 1 });
});

test('beyond a number of waiting ones, work is refused', async () => {
  const { work, end } = workshop();
  const runs = sharedRuns<string>({ parallel: 1, mostWaiting: 2 });
  const asked = ['a', 'b', 'c'].map((name) => runs.run(name, work(name)));
  await expect(runs.run('d', work('d'))).rejects.toThrow(BusyError);
  const joined = runs.run('c', work('c')); // which waits already
  for (const name of ['a', 'b', 'c']) {
    await settled();
    end(name);
  }
  expect(await Promise.all([...asked, joined])).toHaveLength(4);
});

test('work is dropped or stopped when the last who waits for it leaves, and its place is free', async () => {
  const { begun, stopped, work, end } = workshop();
  const runs = sharedRuns<string>({ parallel: 1, mostWaiting: 2 });
  const [first, second, waiting] = [new AbortController(), new AbortController(), new AbortController()];
  const asked = [
    runs.run('runs', work('runs'), first.signal),
    runs.run('runs', work('runs'), second.signal),
    runs.run('waits', work('waits'), waiting.signal),
  ];
  const outcomes = Promise.allSettled(asked);
  await settled();
  first.abort('left');
  waiting.abort('left');
  await settled();
  expect([begun, stopped, runs.load.waiting]).toEqual([['runs'], [], 0]);
  const next = runs.run('next', work('next'));
  second.abort('left');
  await settled();
  expect([begun, stopped]).toEqual([['runs', 'next'], ['runs']]);
  end('next');
  expect(await next).toBe('result of next');
  expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  await expect(runs.run('x', work('x'), first.signal)).rejects.toBe('left');
});

test('work that is stopped keeps its place until it has ended', async () => {
  const runs = sharedRuns<string>({ parallel: 1, mostWaiting: 1 });
  const controller = new AbortController();
  let end = (): void => {};
  const stubborn = new Promise<string>((resolve) => {
    end = () => resolve('late');
  });
  const asked = runs.run('a', () => stubborn, controller.signal);
  const next = runs.run('b', async () => 'b');
  await settled();
  controller.abort(new Error('left'));
  await expect(asked).rejects.toThrow('left');
  await settled();
  expect(runs.load).toEqual({ waiting: 1, running: 1, begun: 1 });
  end();
  expect(await next).toBe('b');
});

test('what has failed is tried again by who asks next', async () => {
  const runs = sharedRuns<string>({ parallel: 1, mostWaiting: 1 });
  await expect(runs.run('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await runs.run('a', async () => 'yes')).toBe('yes');
});

/** Lets promises settle. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve));
}
