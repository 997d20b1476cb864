import { UserError } from '../core/errors';
import { RATE_NAMES, type RateName, REGIONS, type Region, rateOf, regionPrefixes, unitPrice } from '../pricing/rates';

/** A rate of ours beside AWS's: USD for what AWS counts as one. */
export interface CheckedRate {
  readonly rate: RateName;
  readonly region: Region;
  readonly here: number;
  /** More than one where the list has the usage type for several operations. */
  readonly listed: readonly number[];
  readonly verdict: 'same' | 'differs' | 'not listed';
}

/** The parts of a price list that matter here (AWS Price List Bulk API, "Reading the service price list files"). */
interface PriceList {
  readonly products: Readonly<Record<string, { readonly attributes: { readonly usagetype?: string } }>>;
  readonly terms: {
    readonly OnDemand?: Readonly<
      Record<string, Readonly<Record<string, { readonly priceDimensions: Readonly<Record<string, Dimension>> }>>>
    >;
  };
}

interface Dimension {
  readonly beginRange?: string;
  readonly pricePerUnit: { readonly USD?: string };
}

export function priceListUrl(): string {
  return process.env.AWS_PRICE_LIST_URL ?? 'https://pricing.us-east-1.amazonaws.com';
}

/** Every rate that says where AWS lists it, in every region. Throws a failure if a list can't be had. */
export async function ratesAgainstPriceList(
  url: string,
  onList: (list: string) => void = () => {},
): Promise<readonly CheckedRate[]> {
  const listedRates = RATE_NAMES.filter((name) => rateOf(name).priceList);
  const offers = [...new Set(listedRates.map((name) => rateOf(name).priceList!.offer))];
  const checked: CheckedRate[] = [];
  for (const offer of offers)
    for (const region of REGIONS) {
      onList(`${offer} in ${region}`);
      const list = await priceList(url, offer, region);
      for (const rate of listedRates.filter((name) => rateOf(name).priceList!.offer === offer))
        checked.push(compared(rate, region, list));
    }
  return checked;
}

function compared(rate: RateName, region: Region, list: PriceList): CheckedRate {
  const { usageType, of = 1 } = rateOf(rate).priceList!;
  const here = unitPrice(rate, region) * of;
  const wanted = new Set(regionPrefixes[region]!.map((prefix) => `${prefix}${usageType}`));
  const skus = Object.entries(list.products).filter(([, { attributes }]) => wanted.has(attributes.usagetype ?? ''));
  const listed = [...new Set(skus.flatMap(([sku]) => firstPrices(list, sku)))];
  const isSame = listed.some((price) => Math.abs(price - here) <= 1e-9 * here);
  return { rate, region, here, listed, verdict: listed.length === 0 ? 'not listed' : isSame ? 'same' : 'differs' };
}

/** What the first units cost that are not free. */
function firstPrices(list: PriceList, sku: string): number[] {
  const terms = Object.values(list.terms.OnDemand?.[sku] ?? {});
  return terms.flatMap(({ priceDimensions }) => {
    const paid = Object.values(priceDimensions)
      .map(({ beginRange = '0', pricePerUnit }) => ({ from: Number(beginRange), usd: Number(pricePerUnit.USD) }))
      .filter(({ usd }) => usd > 0)
      .sort((a, b) => a.from - b.from);
    return paid.slice(0, 1).map(({ usd }) => usd);
  });
}

async function priceList(url: string, offer: string, region: string): Promise<PriceList> {
  const address = `${url}/offers/v1.0/aws/${offer}/current/${region}/index.json`;
  const response = await fetch(address).catch((error: unknown) => {
    throw new UserError(`${address} can't be reached: is there a way to the internet?`, { cause: error });
  });
  if (!response.ok) throw new UserError(`${address} answered ${response.status}`);
  return (await response.json()) as PriceList;
}
