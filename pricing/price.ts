import type { SynthesizedStack } from '../core/terraform/synthesized-stack';
import type { Allowance } from './allowances';
import { newAccount, type RateName, type Region, rateOf, unitPrice } from './rates';
import { pricerOf } from './resource-types';
import type { Variables } from './resources';
import type { Usage } from './usage';
import { type Charge, sum, workloadOf } from './workload';

/** What one resource uses of one thing that has a price, and what that costs. */
export interface PriceLine {
  readonly stage: string;
  readonly address: string;
  /** The resource's construct within its stage. */
  readonly resource: string;
  readonly rate: RateName;
  readonly what: string;
  readonly region: Region;
  /** A month, in `unit`. */
  readonly quantity: number;
  readonly unit: string;
  /** A month. */
  readonly usd: number;
}

/** What a stack costs in a month, by resource and rate. Throws a failure at what can't be priced. */
export function priceOf(
  stack: SynthesizedStack,
  variables: Variables,
  usage: Usage,
  allowance: Allowance = 'always-free',
): readonly PriceLine[] {
  const listed = listPrice(stack, variables, usage);
  if (allowance === 'none') return listed;
  const paid = withoutFree(listed);
  return allowance === 'always-free' ? paid : withCredit(paid, stack, variables, usage);
}

export function totalOf(lines: readonly PriceLine[]): number {
  return sum(lines.map(({ usd }) => usd));
}

function listPrice(stack: SynthesizedStack, variables: Variables, usage: Usage): readonly PriceLine[] {
  const workload = workloadOf(stack, variables, usage);
  return workload.resources.flatMap((resource) => {
    const { stage, address, name } = resource;
    return merged(pricerOf(resource)(resource, workload)).map(
      ({ rate, quantity, region = workload.regionOf(resource) }) => {
        const { what, unit } = rateOf(rate);
        const usd = quantity * unitPrice(rate, region);
        return { stage, address, resource: name, rate, what, region, quantity, unit, usd };
      },
    );
  });
}

/** One charge for each rate and region. */
function merged(charges: readonly Charge[]): readonly Charge[] {
  const byRate = new Map<string, Charge>();
  for (const charge of charges) {
    const key = `${charge.rate} ${charge.region}`;
    byRate.set(key, { ...charge, quantity: charge.quantity + (byRate.get(key)?.quantity ?? 0) });
  }
  return [...byRate.values()];
}

/** An allowance is the account's: all who use of it have their share. */
function withoutFree(lines: readonly PriceLine[]): readonly PriceLine[] {
  const totals = new Map<RateName, number>();
  for (const { rate, quantity } of lines) totals.set(rate, (totals.get(rate) ?? 0) + quantity);
  return lines.map((line) => {
    const [total, free] = [totals.get(line.rate)!, rateOf(line.rate).alwaysFree ?? 0];
    return total === 0 ? line : { ...line, usd: line.usd * Math.max(0, 1 - free / total) };
  });
}

function withCredit(
  paid: readonly PriceLine[],
  stack: SynthesizedStack,
  variables: Variables,
  usage: Usage,
): readonly PriceLine[] {
  if (usage.month > newAccount.months) return paid;
  let credit = newAccount.creditUsd;
  for (let month = 1; month < usage.month; month++)
    credit -= totalOf(withoutFree(listPrice(stack, variables, { ...usage, month })));
  const total = totalOf(paid);
  const share = total === 0 ? 0 : Math.min(1, Math.max(0, credit) / total);
  return paid.map((line) => ({ ...line, usd: line.usd * (1 - share) }));
}
