import type { SynthesizedStack } from '../core/terraform/synthesized-stack';
import { ALLOWANCES } from './allowances';
import { alternativesOf } from './alternatives';
import { comparisonsOf } from './comparisons';
import { curveOf } from './curve';
import { priceOf, totalOf } from './price';
import { RATE_NAMES, type RateName, rateOf, read, regionOf } from './rates';
import { type Variables, variablesOf } from './resources';
import type { Usage } from './usage';
import { workloadOf } from './workload';

/** Months that are shown: the first, and one when storage has grown. */
const MONTHS = [1, 12] as const;

export type Report = ReturnType<typeof reportOf>;

/** All that there is to say about what a stack costs. */
export function reportOf(stack: SynthesizedStack, given: Variables, usage: Usage) {
  const variables = variablesOf(stack, given);
  const region = regionOf(String(variables.aws_region));
  const months = [...new Set([...MONTHS, usage.month])].sort((a, b) => a - b);
  const totals = months.flatMap((month) =>
    ALLOWANCES.map((allowance) => ({
      month,
      allowance,
      usd: totalOf(priceOf(stack, variables, { ...usage, month }, allowance)),
    })),
  );
  const lines = priceOf(stack, variables, usage, 'always-free');
  const listed = priceOf(stack, variables, usage, 'none');
  const stages = [...new Set(lines.map(({ stage }) => stage))].map((stage) => {
    const own = lines.filter((line) => line.stage === stage);
    const [first] = [...own].sort((a, b) => b.usd - a.usd);
    return {
      stage,
      usd: totalOf(own),
      listUsd: totalOf(listed.filter((line) => line.stage === stage)),
      mostly: first && first.usd > 0 ? first.what : '',
    };
  });
  const [dominant] = [...lines].sort((a, b) => b.usd - a.usd);
  const { events, queries } = workloadOf(stack, variables, usage);
  const used = new Set(lines.filter(({ usd }) => usd > 0).map(({ rate }) => rate));
  return {
    region,
    usage,
    /** A day. */
    events,
    queries,
    settings: variables,
    ratesRead: read,
    /** Rates in use that were not read where AWS states them for this region. */
    unconfirmed: RATE_NAMES.filter((name: RateName) => used.has(name) && !rateOf(name).seen.includes(region)),
    totals,
    usd: totalOf(lines),
    stages: stages.sort((a, b) => b.usd - a.usd || b.listUsd - a.listUsd),
    dominant: dominant && dominant.usd > 0 ? dominant : undefined,
    lines,
    alternatives: alternativesOf(stack, variables, usage),
    curve: curveOf(stack, variables, usage),
    comparisons: comparisonsOf(stack, variables, usage),
  };
}

/** The price of a month under an allowance, in USD; the report has months 1, 12 and the one that was asked for. */
export function totalAt(
  { totals }: Pick<Report, 'totals'>,
  month: number,
  allowance: (typeof ALLOWANCES)[number],
): number {
  return totals.find((total) => total.month === month && total.allowance === allowance)!.usd;
}
