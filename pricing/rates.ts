import { z } from 'zod';
import { UserError } from '../core/errors';
import ratesFile from './rates.json';

/** Name of a rate, as `rates.json` has it. */
export type RateName = keyof typeof ratesFile.rates;

/** A region that every rate is known in. */
export type Region = keyof typeof ratesFile.regions;

const url = z.url({ protocol: /^https$/ });
const positive = z.number().positive();
const region = z.enum(Object.keys(ratesFile.regions) as [Region, ...Region[]]);

/** One figure for all regions, or one for each. */
const usd = z.union([positive, z.strictObject(Object.fromEntries(region.options.map((name) => [name, positive])))]);

const rate = z.strictObject({
  /** What is paid for. */
  what: z.string().min(1),
  /** USD for `per` units. */
  usd,
  per: positive,
  unit: z.string().regex(/^[a-zA-Z0-9-]+$/, 'is one word, in the singular'),
  /** Units a month that never cost anything, for the whole account. @default 0 */
  alwaysFree: positive.optional(),
  /** The page that says so. */
  source: url,
  /** Where AWS's public price list has it, for `make rates`: `of` is how many of our units are one of the list's. */
  priceList: z.strictObject({ offer: z.string(), usageType: z.string(), of: positive.optional() }).optional(),
  /** Regions whose figure was read where AWS states it; all others are to be confirmed by `make rates`. */
  seen: z.array(region),
});

const amount = z.strictObject({ value: positive, unit: z.string(), source: url });

const ratesSchema = z.strictObject({
  /** When the figures were read. */
  read: z.iso.date(),
  /** What usage types begin with in AWS's price list, by region. */
  regions: z.record(region, z.array(z.string()).min(1)),
  rates: z.record(z.string(), rate),
  /** The least that is billed. */
  minimums: z.record(z.string(), amount),
  /** What comes along with something else. */
  included: z.record(z.string(), amount),
  /** What a new account gets: a credit, for so many months. */
  newAccount: z.strictObject({ creditUsd: positive, months: positive, source: url }),
});

export type Rate = z.infer<typeof rate>;

/**  a UserError that names each place of a rates file that is not as it should be. */
export function parseRates(content: unknown): z.infer<typeof ratesSchema> {
  const { data, error } = ratesSchema.safeParse(content);
  if (data) return data;
  throw new UserError(`pricing/rates.json is not valid:\n${z.prettifyError(error)}`);
}

const { rates, minimums, included, ...rest } = parseRates(ratesFile);

/** When the rates were read, what a new account gets, and how the price list names regions. */
export const { read, newAccount, regions: regionPrefixes } = rest;

export const REGIONS: readonly Region[] = region.options;
export const RATE_NAMES = Object.keys(rates) as readonly RateName[];

/**  a UserError that names the rates there are, and where to add one. */
export function rateOf(name: string): Rate {
  const found = Object.hasOwn(rates, name) ? rates[name] : undefined;
  if (found) return found;
  throw new UserError(`pricing/rates.json has no rate "${name}": add it there; it has ${RATE_NAMES.join(', ')}`);
}

/** USD for one unit. */
export function unitPrice(name: RateName, where: Region): number {
  const { usd: price, per } = rateOf(name);
  return (typeof price === 'number' ? price : price[where]!) / per;
}

/** The least that is billed, such as 60 seconds of a run. */
export function minimum(name: keyof typeof ratesFile.minimums): number {
  return minimums[name]!.value;
}

/** What comes along with something else, such as SPICE with an author. */
export function includedAmount(name: keyof typeof ratesFile.included): number {
  return included[name]!.value;
}

/**  a UserError that names the regions there are, and where to add one. */
export function regionOf(name: string): Region {
  const found = REGIONS.find((known) => known === name);
  if (found) return found;
  throw new UserError(
    `there are no rates for ${name}: there are for ${REGIONS.join(', ')}; others are to be added to pricing/rates.json`,
  );
}
