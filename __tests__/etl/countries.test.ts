import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { COUNTRIES_CSV, type Country, countryCsvColumns, loadCountries } from '../../schema/countries';

describe('the country reference', () => {
  const countries = loadCountries();
  const iso = countries.filter(({ code }) => code !== 'ZZ');
  const country = (code: string) => countries.find((c) => c.code === code);

  test('holds the 249 ISO 3166-1 countries and, last, the unknown one', () => {
    expect(iso).toHaveLength(249);
    expect(countries.at(-1)).toEqual({
      code: 'ZZ',
      name: 'Unknown',
      continent: 'Unknown',
      subRegion: 'Unknown',
      population: 0,
      utcOffsetMinutes: 0,
    } satisfies Country);
  });

  test('is sorted by code', () => {
    const codes = countries.map(({ code }) => code);
    expect(codes).toEqual([...new Set(codes)].sort());
  });

  test.each(['XK', 'EU', 'QO', 'AC', 'CQ', 'UK'])('leaves out %s, which is not an ISO 3166-1 country', (code) => {
    expect(country(code)).toBeUndefined();
  });

  test('names every country differently', () => {
    expect(new Set(countries.map(({ name }) => name)).size).toBe(countries.length);
    expect(countries.filter(({ code, name }) => code === name)).toEqual([]);
  });

  test('has seven continents and Unknown', () => {
    expect([...new Set(countries.map(({ continent }) => continent))].sort()).toEqual([
      'Africa',
      'Antarctica',
      'Asia',
      'Europe',
      'North America',
      'Oceania',
      'South America',
      'Unknown',
    ]);
  });

  test('puts each sub-region in one continent', () => {
    const pairs = new Set(countries.map(({ continent, subRegion }) => `${continent}/${subRegion}`));
    expect(pairs.size).toBe(new Set(countries.map(({ subRegion }) => subRegion)).size);
  });

  test('keeps the code of Namibia a string', () => {
    expect(country('NA')).toMatchObject({ name: 'Namibia', continent: 'Africa' });
  });

  test.each<[string, Partial<Country>]>([
    ['AQ', { continent: 'Antarctica' }],
    ['BR', { continent: 'South America', utcOffsetMinutes: -180 }],
    ['DE', { name: 'Germany', continent: 'Europe', subRegion: 'Western Europe', utcOffsetMinutes: 60 }],
    ['IN', { continent: 'Asia', utcOffsetMinutes: 330 }],
    ['JP', { subRegion: 'Eastern Asia', utcOffsetMinutes: 540 }],
    ['NZ', { continent: 'Oceania', utcOffsetMinutes: 720 }],
    ['US', { name: 'United States', continent: 'North America', utcOffsetMinutes: -300 }],
  ])('knows where %s is', (code, expected) => {
    expect(country(code)).toMatchObject(expected);
  });

  test('adds up to the population of the world', () => {
    const total = countries.reduce((sum, { population }) => sum + population, 0);
    expect(total).toBeGreaterThan(7.5e9);
    expect(total).toBeLessThan(8.8e9);
  });

  test('has UTC offsets that exist: from -11 to +14 hours, in quarters', () => {
    const impossible = ({ utcOffsetMinutes: m }: Country) => m < -660 || m > 840 || m % 15 !== 0;
    expect(countries.filter(impossible)).toEqual([]);
  });

  test('can be read by engines that know no quoting', () => {
    expect(readFileSync(COUNTRIES_CSV, 'utf8')).not.toMatch(/["\r\\]/);
  });
});

describe('a malformed country reference', () => {
  const header = Object.values(countryCsvColumns).join(',');
  const germany = 'DE,Germany,Europe,Western Europe,84119100,60';
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'countries-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  function loading(...lines: string[]) {
    const path = join(folder, 'countries.csv');
    writeFileSync(path, lines.join('\n'));
    return () => loadCountries(path);
  }

  test('is read if it is well-formed', () => {
    expect(loading(header, germany)()).toEqual([
      {
        code: 'DE',
        name: 'Germany',
        continent: 'Europe',
        subRegion: 'Western Europe',
        population: 84_119_100,
        utcOffsetMinutes: 60,
      },
    ]);
  });

  test('names the file and the remedy', () => {
    const path = join(folder, 'missing.csv');
    expect(() => loadCountries(path)).toThrow(path);
    expect(() => loadCountries(path)).toThrow(/ENOENT.*npx ts-node scripts\/make-countries\.ts/);
  });

  test.each<[string, string[], RegExp]>([
    ['an empty file', [''], /it has no rows/],
    ['a header alone', [header], /it has no rows/],
    ['wrong columns', ['code,name', 'DE,Germany'], /its columns are code,name instead of country_code,country_name,/],
    ['a missing value', [header, 'DE,Germany,Europe'], /line 2/],
    ['a duplicate code', [header, germany, germany], /country_code DE occurs twice/],
    ['a lower-case code', [header, germany.replace('DE', 'de')], /country_code of de is 'de'/],
    ['an empty code', [header, germany.replace('DE', '')], /country_code of Germany is ''/],
    ['an empty continent', [header, germany.replace('Europe,', ',')], /continent of DE is ''/],
    ['a non-numeric population', [header, germany.replace('84119100', '84 M')], /population of DE is '84 M'/],
    ['a fractional UTC offset', [header, germany.replace(',60', ',5.5')], /utc_offset_minutes of DE is '5.5'/],
  ])('is refused for %s', (_, lines, reason) => {
    expect(loading(...lines)).toThrow(reason);
  });
});
