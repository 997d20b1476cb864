/** Does something with each item, no more than `count` at once, and returns the results in order. The first error ends it. */
export async function mapAtOnce<T, R>(
  count: number,
  items: readonly T[],
  action: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results = new Array<R>(items.length);
  const queue = items.entries();
  let hasFailed = false;
  const work = async (): Promise<void> => {
    for (const [n, item] of queue) {
      if (hasFailed) return;
      results[n] = await action(item, n);
    }
  };
  const workers = Array.from({ length: Math.min(count, items.length) }, () =>
    work().catch((error: unknown) => {
      hasFailed = true;
      throw error;
    }),
  );
  const outcomes = await Promise.allSettled(workers); // one that fails does not leave the others at work
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  return results;
}
