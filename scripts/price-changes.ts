import type { PriceLine } from '../pricing/price';

/** What a resource cost a month, and what it does. */
export interface PriceChange {
  /** By stage and construct, which keep their names when addresses change. */
  readonly resource: string;
  readonly was: number;
  readonly is: number;
}

/** Less than this is not worth a line. */
const LEAST_USD = 0.0005;

/** Resources whose price differs, those that differ most first. */
export function priceChanges(before: readonly PriceLine[], now: readonly PriceLine[]): readonly PriceChange[] {
  const [was, is] = [byResource(before), byResource(now)];
  return [...new Set([...was.keys(), ...is.keys()])]
    .map((resource) => ({ resource, was: was.get(resource) ?? 0, is: is.get(resource) ?? 0 }))
    .filter((change) => Math.abs(change.is - change.was) >= LEAST_USD)
    .sort((a, b) => Math.abs(b.is - b.was) - Math.abs(a.is - a.was));
}

function byResource(lines: readonly PriceLine[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { stage, resource, usd } of lines) {
    const name = `${stage}/${resource}`;
    sums.set(name, (sums.get(name) ?? 0) + usd);
  }
  return sums;
}
