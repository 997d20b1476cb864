import { writeFileSync } from 'node:fs';
import codeMappingsJson from 'cldr-core/supplemental/codeMappings.json';
import containmentJson from 'cldr-core/supplemental/territoryContainment.json';
import territoryInfoJson from 'cldr-core/supplemental/territoryInfo.json';
import { getTimezone, getTimezonesForCountry } from 'countries-and-timezones';
import { stringify } from 'csv-stringify/sync';
import { COUNTRIES_CSV, type Country, countryCsvColumns } from '../schema/countries';

const containment = containmentJson.supplemental.territoryContainment;
const codeMappings: Record<string, { _numeric?: string; _alpha3?: string }> =
  codeMappingsJson.supplemental.codeMappings;
const territoryInfo: Record<string, { _population: string }> = territoryInfoJson.supplemental.territoryInfo;
const regionNames = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });

/** M49 sub-regions of each continent. */
const SUB_REGIONS: Record<string, readonly string[]> = {
  Africa: containment['002']._contains,
  // Outlying Oceania: the only ISO country in it is Antarctica.
  Antarctica: ['QO'],
  Asia: containment['142']._contains,
  Europe: containment['150']._contains,
  'North America': ['021', '013', '029'],
  Oceania: containment['009']._contains.filter((region) => region !== 'QO'),
  'South America': ['005'],
};

/** The zone that stands for a country with several standard offsets, or with none in the tz database. */
const PRINCIPAL_ZONES: Record<string, string> = {
  AQ: 'Antarctica/McMurdo', // the largest station
  AU: 'Australia/Sydney', // the eastern states: four in five people
  BR: 'America/Sao_Paulo', // all the coast: nine in ten people
  BV: 'Etc/GMT', // uninhabited: nautical time at 3°E
  CA: 'America/Toronto', // Ontario and Quebec: three in five people
  CD: 'Africa/Lubumbashi', // the east and the Kasais outnumber Kinshasa's half
  CL: 'America/Santiago', // the mainland but for the far south
  CN: 'Asia/Shanghai', // the legal time of all China
  EC: 'America/Guayaquil', // the mainland
  ES: 'Europe/Madrid', // all but the Canaries
  FM: 'Pacific/Chuuk', // Chuuk and Yap: three in five people
  GL: 'America/Nuuk', // the west coast
  HM: 'Etc/GMT-5', // uninhabited: nautical time at 73°E
  ID: 'Asia/Jakarta', // Java and Sumatra: four in five people
  KI: 'Pacific/Tarawa', // the Gilbert Islands: nine in ten people
  MN: 'Asia/Ulaanbaatar', // all but the far west
  MX: 'America/Mexico_City', // the centre: nearly nine in ten people
  NZ: 'Pacific/Auckland', // all but the Chatham Islands
  PF: 'Pacific/Tahiti', // the Society Islands: nine in ten people
  PG: 'Pacific/Port_Moresby', // all but Bougainville
  PT: 'Europe/Lisbon', // the mainland
  RU: 'Europe/Moscow', // European Russia: two in three people
  TF: 'Indian/Kerguelen', // the largest station
  UA: 'Europe/Kyiv', // all but Crimea
  UM: 'Pacific/Wake', // the island with the most staff
  US: 'America/New_York', // Eastern time holds the most people
};

const UNKNOWN: Country = {
  code: 'ZZ',
  name: 'Unknown',
  continent: 'Unknown',
  subRegion: 'Unknown',
  population: 0,
  utcOffsetMinutes: 0,
};

writeCountries([...isoCountries(), UNKNOWN]);

function writeCountries(countries: readonly Country[]): void {
  writeFileSync(COUNTRIES_CSV, stringify([...countries], { header: true, columns: countryCsvColumns }));
  console.log(`${countries.length} countries written to ${COUNTRIES_CSV}`);
}

function isoCountries(): Country[] {
  return Object.entries(SUB_REGIONS)
    .flatMap(([continent, regions]) => regions.flatMap((region) => countriesOf(region, continent)))
    .sort((a, b) => (a.code < b.code ? -1 : 1));
}

function countriesOf(region: string, continent: string): Country[] {
  const { _contains: codes } = (containment as Record<string, { _contains: string[] }>)[region]!;
  return codes.filter(isIsoCode).map((code) => ({
    code,
    name: nameOf(code),
    continent,
    subRegion: region === 'QO' ? continent : nameOf(region),
    population: populationOf(code),
    utcOffsetMinutes: utcOffsetOf(code),
  }));
}

/** Codes that only CLDR knows have no alpha-3 or numeric code, or (Kosovo's XK) a private one from 900 on. */
function isIsoCode(code: string): boolean {
  const { _alpha3, _numeric } = codeMappings[code] ?? {};
  return _alpha3 !== undefined && Number(_numeric) < 900;
}

function nameOf(region: string): string {
  const name = regionNames.of(region);
  if (!name) throw new Error(`Node's ICU has no English name for region ${region}: use a full-icu Node`);
  return name;
}

function populationOf(code: string): number {
  const info = territoryInfo[code];
  if (!info) throw new Error(`CLDR has no population for ${code}: add one to scripts/make-countries.ts`);
  return Number(info._population);
}

function utcOffsetOf(code: string): number {
  const zone = PRINCIPAL_ZONES[code];
  const zones = zone ? [getTimezone(zone)] : (getTimezonesForCountry(code) ?? []);
  const [offset, ...others] = new Set(zones.map((z) => z?.utcOffset));
  if (offset === undefined || others.length > 0) {
    throw new Error(`${code} has UTC offsets ${[offset, ...others]}: choose its zone in PRINCIPAL_ZONES`);
  }
  return offset;
}
