import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { PriceLine } from '../../pricing/price';
import { RATE_NAMES, REGIONS, rateOf, regionPrefixes, unitPrice } from '../../pricing/rates';
import { priceChanges } from '../../scripts/price-changes';
import { ratesAgainstPriceList } from '../../scripts/price-list';

describe('what has changed', () => {
  const line = (stage: string, resource: string, usd: number): PriceLine => ({ stage, resource, usd }) as PriceLine;

  test('is told by resource, the largest difference first, whatever the addresses', () => {
    const before = [
      line('etl', 'job', 0.3),
      line('etl', 'job', 0.1),
      line('lake', 'bucket', 0.01),
      line('api', 'old', 0.2),
    ];
    const now = [line('etl', 'job', 0.5), line('lake', 'bucket', 0.0101), line('api', 'new', 0.25)];
    expect(priceChanges(before, now)).toEqual([
      { resource: 'api/new', was: 0, is: 0.25 },
      { resource: 'api/old', was: 0.2, is: 0 },
      { resource: 'etl/job', was: expect.closeTo(0.4), is: 0.5 },
    ]);
  });

  test('is nothing where nothing has', () => {
    expect(priceChanges([line('a', 'b', 1)], [line('a', 'b', 1)])).toEqual([]);
  });
});

describe("rates against AWS's price list", () => {
  let server: Server;
  let url: string;
  /** By offer and region, what a stand-in of the list says: usage types, each with a free tier before its price. */
  const lists = new Map<string, Map<string, number>>();

  beforeAll(async () => {
    for (const name of RATE_NAMES) {
      const { priceList } = rateOf(name);
      if (!priceList) continue;
      for (const region of REGIONS) {
        const key = `${priceList.offer}/${region}`;
        const list = lists.get(key) ?? new Map<string, number>();
        lists.set(
          key,
          list.set(
            `${regionPrefixes[region]!.at(-1)}${priceList.usageType}`,
            unitPrice(name, region) * (priceList.of ?? 1),
          ),
        );
      }
    }
    server = createServer(({ url: path }, response) => {
      const [, offer, region] = /^\/offers\/v1\.0\/aws\/(\w+)\/current\/([\w-]+)\/index\.json$/.exec(path!) ?? [];
      const list = lists.get(`${offer}/${region}`);
      if (!list) return response.writeHead(404).end();
      const entries = [...list].map(([usagetype, price], n) => [`sku${n}`, usagetype, price] as const);
      const dimensions = (price: number) => ({
        free: { beginRange: '0', pricePerUnit: { USD: '0.0000000000' } },
        paid: { beginRange: '100', pricePerUnit: { USD: String(price) } },
        more: { beginRange: '9000', pricePerUnit: { USD: String(price / 2) } },
      });
      response.end(
        JSON.stringify({
          products: Object.fromEntries(entries.map(([sku, usagetype]) => [sku, { attributes: { usagetype } }])),
          terms: {
            OnDemand: Object.fromEntries(
              entries.map(([sku, , price]) => [sku, { term: { priceDimensions: dimensions(price) } }]),
            ),
          },
        }),
      );
    }).listen(0, '127.0.0.1');
    url = await new Promise((resolve) =>
      server.once('listening', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)),
    );
  });
  afterAll(() => void server.close());

  test('are all as listed, where they are', async () => {
    const checked = await ratesAgainstPriceList(url);
    expect(checked.filter(({ verdict }) => verdict !== 'same')).toEqual([]);
    expect(checked.length).toBeGreaterThan(150);
  });

  test('differ, or are not listed, each with what is there instead', async () => {
    lists.get('AmazonS3/eu-west-1')!.set('EUW1-Requests-Tier1', 0.0000051);
    lists.get('AWSGlue/us-west-2')!.delete('USW2-ETL-Flex-DPU-Hour');
    const checked = await ratesAgainstPriceList(url);
    expect(checked.filter(({ verdict }) => verdict !== 'same')).toEqual([
      { rate: 's3-put', region: 'eu-west-1', here: 0.000005, listed: [0.0000051], verdict: 'differs' },
      { rate: 'glue-flex', region: 'us-west-2', here: 0.29, listed: [], verdict: 'not listed' },
    ]);
  });

  test('can not be compared with a list that is not there', async () => {
    await expect(ratesAgainstPriceList(`${url}/elsewhere`)).rejects.toThrow(/index\.json answered 404/);
    await expect(ratesAgainstPriceList('http://127.0.0.1:1')).rejects.toThrow(
      /can't be reached: is there a way to the internet/,
    );
  });
});
