import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DashboardVersionDefinition } from '@aws-sdk/client-quicksight';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { localDataSets } from '../../../cli/dashboard-preview';
import { sqlString } from '../../../core/sql';
import { clickstreamDashboard } from '../../../dashboard/clickstream-dashboard';
import { createDashboardInput } from '../../../dashboard/quicksight/definition';
import { parseDefinition } from '../../../dashboard/quicksight/definition-file';
import { preview } from '../../../dashboard/quicksight/preview/preview';
import { targetOf } from '../../../dashboard/quicksight/target';
import { clickstream } from '../../../support/processes';
import { type TemporaryLake, temporaryLake } from '../../../support/temporary-lake';
import { benignDefinition, HOSTILE, type Loose } from './hostile-definitions';

/** How many times the usual number of cases are tried. */
const TIMES = Number(process.env.FUZZ_RUNS ?? 1);

const NOW = new Date('2026-03-11T12:00Z');

const LOCAL = localDataSets();

const SEEDS: readonly DashboardVersionDefinition[] = [
  benignDefinition(),
  createDashboardInput(clickstreamDashboard, targetOf('111122223333', 'us-east-1', 'dev')).Definition!,
].map((definition) => JSON.parse(JSON.stringify(definition)));

const FRAGMENTS = [
  "'",
  '"',
  "''",
  '--',
  '/*',
  '*/',
  ';',
  '$$',
  '$1',
  '\\',
  "\\'",
  '\0',
  "'\0",
  '\u2019',
  '\uff07',
  '\ud800',
  '\u202e',
  '}',
  '${',
  '{user_id}',
  "day', now()) as timestamp); copy (select 1) to 'x.csv'; select cast(date_trunc('day",
  '"; drop table x; --',
  "') union all select content from read_text('/etc/hostname') --",
  "1); attach 'x.db' as y; select (1",
  "user_id\" from read_csv('/etc/passwd') --",
  "sum({user_age}) from read_text('/etc/hostname') --",
  "ifelse({user_age} > 1, '''', \"--\")",
  "concat({user_id}, ';--')",
  "truncDate('DD'', now()) --', {click_date})",
  '(select 1)',
  "read_text('/etc/hostname')",
  '- -1 - -{user_age}',
  '__proto__',
  'constructor',
  'toString',
  'YEAR',
  'MILLISECOND',
  '2026-03-01T00:00:00Z',
  '1e400',
];

/** What an error of JavaScript's own says, which no reader of ours should see. */
const INTERNAL =
  /Cannot (read|convert|destructure|set)|is not (a function|iterable|an object)|call stack|Invalid (time value|array length|string length)|out of memory/;

type Change =
  | { readonly kind: 'text'; readonly at: number; readonly value: string; readonly isAppended: boolean }
  | { readonly kind: 'number'; readonly at: number; readonly value: number }
  | { readonly kind: 'delete' | 'duplicate'; readonly at: number; readonly name: string }
  | { readonly kind: 'replace'; readonly at: number; readonly value: unknown };

const text = fc.oneof(
  fc.constantFrom(...FRAGMENTS),
  fc.array(fc.constantFrom(...FRAGMENTS), { minLength: 2, maxLength: 4 }).map((parts) => parts.join('')),
  fc.string({ unit: 'binary', maxLength: 40 }),
);
const number = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(0, -0, -1, 0.5, 1e21, 1e-9, 2 ** 53, NaN, Infinity));
const change: fc.Arbitrary<Change> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('text' as const), at: fc.nat(), value: text, isAppended: fc.boolean() }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('number' as const), at: fc.nat(), value: number }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom('delete' as const, 'duplicate' as const), at: fc.nat(), name: text }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('replace' as const), at: fc.nat(), value: fc.jsonValue({ maxDepth: 2 }) }),
  },
);

/** Where something stands in a definition. */
interface Spot {
  readonly holder: Loose;
  readonly key: string | number;
}

function* spotsOf(holder: Loose): Iterable<Spot> {
  for (const key of Array.isArray(holder) ? holder.keys() : Object.keys(holder)) {
    yield { holder, key };
    if (typeof holder[key] === 'object' && holder[key] !== null) yield* spotsOf(holder[key]);
  }
}

function changed(seed: DashboardVersionDefinition, changes: readonly Change[]): DashboardVersionDefinition {
  const root = { Definition: structuredClone(seed) as Loose };
  for (const each of changes) {
    const type = each.kind === 'text' ? 'string' : each.kind === 'number' ? 'number' : undefined;
    const spots = [...spotsOf(root.Definition)].filter(({ holder, key }) => !type || typeof holder[key] === type);
    if (spots.length === 0) continue;
    const { holder, key } = spots[each.at % spots.length]!;
    const put = (name: string | number, value: unknown) =>
      Object.defineProperty(holder, name, { value, enumerable: true, writable: true, configurable: true });
    if (each.kind === 'text') put(key, each.isAppended ? `${holder[key]}${each.value}` : each.value);
    else if (each.kind === 'number' || each.kind === 'replace') put(key, each.value);
    else if (each.kind === 'delete') Array.isArray(holder) ? holder.splice(key as number, 1) : delete holder[key];
    else if (Array.isArray(holder)) holder.push(structuredClone(holder[key as number]));
    else put(each.name, structuredClone(holder[key]));
  }
  return root.Definition;
}

describe('definitions with anything anywhere', () => {
  let connection: DuckDBConnection;
  let relations: Map<string, string>;

  /** The relations of a statement, and how many queries are in it. Fails unless it is one SELECT. */
  async function shapeOf(sql: string): Promise<{ readonly from: string[]; readonly queries: number }> {
    const statements = await connection.extractStatements(sql);
    expect([statements.count, sql]).toEqual([1, sql]);
    const [[serialized]] = (
      await connection.runAndReadAll(`SELECT json_serialize_sql(${sqlString(sql)})`)
    ).getRows() as [[string]];
    const tree = JSON.parse(serialized);
    expect([tree.error, tree.statements?.length, sql]).toEqual([false, 1, sql]);
    const from: string[] = [];
    let queries = 0;
    const visit = (node: Loose): void => {
      if (typeof node !== 'object' || node === null) return;
      if (node.type === 'BASE_TABLE') from.push(`${node.catalog_name}.${node.schema_name}.${node.table_name}`);
      if (node.type === 'TABLE_FUNCTION') from.push(`function ${node.function?.function_name}`);
      if (node.type === 'SELECT_NODE' || node.type === 'SET_OPERATION_NODE') queries++;
      for (const each of Object.values(node)) visit(each);
    };
    visit(tree);
    return { from, queries };
  }

  beforeAll(async () => {
    connection = await (await DuckDBInstance.create(':memory:', { enable_external_access: 'false' })).connect();
    relations = new Map();
    for (const { name, relation } of LOCAL)
      relations.set(JSON.stringify(await shapeOf(`SELECT 1 FROM ${relation}`)), name);
  });
  afterAll(() => connection?.closeSync());

  /** Holds each visual that is drawn to one SELECT from a local data set. Returns how many are drawn. */
  async function demandSafe(definition: DashboardVersionDefinition, isParsed: boolean): Promise<number> {
    let visuals: ReturnType<typeof preview>['visuals'];
    try {
      visuals = preview({ name: 'x', definition }, { dataSets: LOCAL, now: NOW }).visuals;
    } catch (error) {
      if (isParsed) expect((error as Error).message).not.toMatch(INTERNAL);
      return 0;
    }
    let count = 0;
    for (const { drawn, reason } of visuals) {
      if (isParsed && reason !== undefined) expect(reason).not.toMatch(INTERNAL);
      if (!drawn) continue;
      expect([relations.get(JSON.stringify(await shapeOf(drawn.sql))), drawn.sql]).toEqual([
        expect.any(String),
        drawn.sql,
      ]);
      count++;
    }
    return count;
  }

  test.each(SEEDS.map((seed, n) => [n, seed] as const))('seed %i is drawn as it is', async (_, seed) => {
    expect(await demandSafe(seed, true)).toBeGreaterThan(0);
  });

  test.each([
    ['read from a file', true],
    ['handed over without being checked', false],
  ])('%s, give one SELECT of the same relations, or a reason', async (_, isParsed) => {
    let [cases, refused, drawn] = [0, 0, 0];
    await fc.assert(
      fc.asyncProperty(fc.nat(3), fc.array(change, { minLength: 1, maxLength: 4 }), async (n, changes) => {
        // The larger seed has all kinds of visuals, and takes longer.
        const spoiled = changed(SEEDS[n === 0 ? 1 : 0]!, changes);
        cases++;
        if (!isParsed) {
          drawn += await demandSafe(spoiled, false);
          return;
        }
        let definition: DashboardVersionDefinition;
        try {
          ({ definition } = parseDefinition(JSON.stringify({ Definition: spoiled })));
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
          expect((error as Error).message).toMatch(/\S/);
          expect((error as Error).message).not.toMatch(INTERNAL);
          refused++;
          return;
        }
        drawn += await demandSafe(definition, true);
      }),
      { numRuns: 400 * TIMES },
    );
    process.stderr.write(`${cases} definitions: ${refused} refused, ${drawn} visuals drawn\n`);
    expect(drawn).toBeGreaterThan(0);
  });

  test('any JSON and any text is read, or refused in words', () => {
    const exported = JSON.stringify({ Definition: SEEDS[0] });
    const anyText = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.jsonValue().map((Definition) => JSON.stringify({ Definition })),
      fc
        .tuple(fc.nat(exported.length), fc.nat(20), text)
        .map(([at, length, put]) => exported.slice(0, at) + put + exported.slice(at + length)),
      fc
        .tuple(fc.constantFrom('[', '{"a":', '"', '{"Definition":'), fc.nat(100_000))
        .map(([part, n]) => part.repeat(n)),
    );
    fc.assert(
      fc.property(anyText, (file) => {
        try {
          parseDefinition(file);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
          expect((error as Error).message).toMatch(/\S/);
          expect((error as Error).message).not.toMatch(INTERNAL);
        }
      }),
      { numRuns: 1_000 * TIMES },
    );
  });
});

describe('by the command line', () => {
  let lake: TemporaryLake;
  beforeAll(async () => {
    lake = temporaryLake();
    mkdirSync(lake.root, { recursive: true });
    writeFileSync(join(lake.root, 'written'), 'untouched');
    writeFileSync(join(lake.root, 'secret'), 'never to be seen');
    await lake.transform();
  });
  afterAll(() => lake?.remove());

  test.each(HOSTILE.filter(({ name }) => name.startsWith('SQL that')))('$name does nothing', async ({ spoil }) => {
    const targets = { written: join(lake.root, 'written'), secret: join(lake.root, 'secret') };
    const Definition = benignDefinition();
    spoil(Definition, targets);
    const [file, out] = [join(lake.root, 'evil.json'), join(lake.root, 'evil.html')];
    writeFileSync(file, JSON.stringify({ Definition }));
    const before = readdirSync(lake.root);
    const { code, stdout, stderr } = await clickstream('dashboard', 'preview', file, '--lake', lake.root, '--out', out);
    expect([code, stdout, stderr]).toEqual([
      1,
      '',
      expect.stringMatching(/evil\.json: Definition\..*Granularity must be/),
    ]);
    expect([readdirSync(lake.root), readFileSync(targets.written, 'utf8')]).toEqual([before, 'untouched']);
  });
});
