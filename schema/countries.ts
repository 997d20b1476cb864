import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { PROJECT } from '../core/project';

/** A country of the reference data. */
export interface Country {
  /** ISO 3166-1 alpha-2 code; ZZ is the unknown country. */
  readonly code: string;
  readonly name: string;
  readonly continent: string;
  readonly subRegion: string;
  readonly population: number;
  /** Minutes east of UTC in the country's principal time zone, standard time. */
  readonly utcOffsetMinutes: number;
}

/** The country reference, made by scripts/make-countries.ts. */
export const COUNTRIES_CSV = join(PROJECT, 'etl/reference/countries.csv');

/** Column of the country reference for each property of a country, in order. */
export const countryCsvColumns = {
  code: 'country_code',
  name: 'country_name',
  continent: 'continent',
  subRegion: 'sub_region',
  population: 'population',
  utcOffsetMinutes: 'utc_offset_minutes',
} as const satisfies Record<keyof Country, string>;

type Row = Record<keyof Country, string>;

/** All countries of a reference file, by default the committed one; throws if it is missing or malformed. */
export function loadCountries(path = COUNTRIES_CSV): Country[] {
  try {
    const countries = readRows(path).map(toCountry);
    assertUniqueCodes(countries);
    return countries;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const remedy = 'Restore it from git, or make it again: npx ts-node scripts/make-countries.ts';
    throw new Error(`Cannot read the countries from ${path}: ${reason}. ${remedy}`, { cause });
  }
}

function readRows(path: string): Row[] {
  const rows = parse<Row>(readFileSync(path, 'utf8'), { bom: true, columns: propertiesOf });
  if (rows.length === 0) throw new Error('it has no rows');
  return rows;
}

function propertiesOf(header: string[]): string[] {
  const expected = Object.values(countryCsvColumns).join(',');
  if (header.join(',') !== expected) throw new Error(`its columns are ${header.join(',')} instead of ${expected}`);
  return Object.keys(countryCsvColumns);
}

function toCountry({ code, name, continent, subRegion, population, utcOffsetMinutes }: Row): Country {
  const check = (property: keyof Country, value: string, pattern: RegExp) => {
    if (!pattern.test(value)) throw new Error(`${countryCsvColumns[property]} of ${code || name} is '${value}'`);
    return value;
  };
  return {
    code: check('code', code, /^[A-Z]{2}$/),
    name: check('name', name, /\S/),
    continent: check('continent', continent, /\S/),
    subRegion: check('subRegion', subRegion, /\S/),
    population: Number(check('population', population, /^\d+$/)),
    utcOffsetMinutes: Number(check('utcOffsetMinutes', utcOffsetMinutes, /^-?\d+$/)),
  };
}

function assertUniqueCodes(countries: readonly Country[]): void {
  const seen = new Set<string>();
  for (const { code } of countries) {
    if (seen.has(code)) throw new Error(`country_code ${code} occurs twice`);
    seen.add(code);
  }
}
