import type { TimeRange } from '../../core/time';

/** Numbers and whole seconds of what arrives at an even rate from `from` until `to`, as far as it is in the range. */
export function* arrivals(
  from: number,
  to: number,
  ratePerS: number,
  range: TimeRange,
): Generator<[n: number, time: number]> {
  const timeOf = (n: number) => from + Math.floor(n / ratePerS);
  const end = Math.min(to, range.to);
  let n = Math.max(0, Math.ceil((range.from - from) * ratePerS) - 1); // rounding may put it off by one
  while (timeOf(n) < range.from) n++;
  for (; timeOf(n) < end; n++) yield [n, timeOf(n)];
}
