import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { PROJECT } from '../../core/project';
import { parseMeasured } from '../../pricing/quantities';
import { parseRates, RATE_NAMES, REGIONS, rateOf, regionOf, unitPrice } from '../../pricing/rates';

const PRICING = join(PROJECT, 'pricing');
const SOURCES = readdirSync(PRICING, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => readFileSync(join(PRICING, file), 'utf8'))
  .join('\n');
const read = (file: string) => JSON.parse(readFileSync(join(PRICING, file), 'utf8'));

describe('rates', () => {
  test('are known in us-east-1 and four more regions at least, each with its page and what it is for', () => {
    expect(REGIONS[0]).toBe('us-east-1');
    expect(REGIONS.length).toBeGreaterThanOrEqual(5);
    for (const name of RATE_NAMES) for (const region of REGIONS) expect(unitPrice(name, region)).toBeGreaterThan(0);
  });

  test('are each used somewhere', () => {
    const unused = RATE_NAMES.filter((name) => !SOURCES.includes(`'${name}'`));
    expect(unused).toEqual(['lambda-arm64', 'lambda-x86_64']); // `lambda-${architecture}`
    const { minimums, included } = read('rates.json');
    const others = Object.keys({ ...minimums, ...included });
    expect(others.filter((name) => !SOURCES.includes(`('${name}')`))).toEqual([]);
  });

  test.each<readonly [string, (rates: Record<string, never>) => unknown, RegExp]>([
    ['a rate below zero', (rates) => edit(rates, 'rates', 's3-put', 'per', -1), /rates\["s3-put"\]\.per/],
    [
      'a region left out',
      (rates) => edit(rates, 'rates', 's3-put', 'usd', { 'us-east-1': 1 }),
      /rates\["s3-put"\]\.usd/,
    ],
    [
      'no page',
      (rates) => edit(rates, 'rates', 'athena-scan', 'source', 'somewhere'),
      /rates\["athena-scan"\]\.source/,
    ],
    ['an unknown field', (rates) => edit(rates, 'rates', 'athena-scan', 'price', 5), /Unrecognized key: "price"/],
    ['no date', (rates) => ({ ...rates, read: 'lately' }), /at read/],
    [
      'a region that is not there',
      (rates) => edit(rates, 'rates', 's3-put', 'seen', ['mars-1']),
      /rates\["s3-put"\]\.seen/,
    ],
  ])('that have %s are refused by the place', (_, change, message) => {
    expect(() => parseRates(change(read('rates.json')))).toThrow(message);
    expect(() => parseRates(change(read('rates.json')))).toThrow('pricing/rates.json is not valid');
  });

  test('that are asked for and are not there are an error that says where to add them', () => {
    expect(() => rateOf('s3-select')).toThrow('pricing/rates.json has no rate "s3-select": add it there');
    expect(() => rateOf('toString')).toThrow('no rate');
    expect(() => regionOf('mars-1')).toThrow(/there are no rates for mars-1: there are for us-east-1, .*rates\.json/);
  });
});

describe('quantities', () => {
  test.each<readonly [string, (file: Record<string, never>) => unknown, RegExp]>([
    ['below zero', (file) => edit(file, 'quantities', 'job_seconds', 'value', -1), /quantities\.job_seconds\.value/],
    [
      'without a reason',
      (file) => edit(file, 'assumptions', 'tick_seconds', 'why', undefined),
      /assumptions\.tick_seconds\.why/,
    ],
  ])('%s are refused by the place', (_, change, message) => {
    expect(() => parseMeasured(change(read('measured.json')))).toThrow(message);
  });

  test('are each used somewhere', () => {
    const { quantities, assumptions } = read('measured.json');
    const names = Object.keys({ ...quantities, ...assumptions });
    expect(names.filter((name) => !SOURCES.includes(`quantity('${name}')`))).toEqual([]);
  });
});

/** A copy with another value at `section.name.field`. */
function edit(file: Record<string, never>, section: string, name: string, field: string, value: unknown): unknown {
  const copy = structuredClone(file) as Record<string, Record<string, Record<string, unknown>>>;
  copy[section]![name]![field] = value;
  return copy;
}
