import type { DashboardVersionDefinition } from '@aws-sdk/client-quicksight';
import { expect, test } from '@jest/globals';
import { parseDefinition } from '../../../dashboard/quicksight/definition-file';
import { diffDefinitions } from '../../../dashboard/quicksight/diff';
import { preview } from '../../../dashboard/quicksight/preview/preview';
import { tables } from '../../../schema/tables';
import { benignDefinition, HOSTILE, type Hostile } from './hostile-definitions';

const NOW = new Date('2026-03-11T12:00Z');
const TARGETS = { written: '/nowhere/written', secret: '/nowhere/secret' };
const dataSets = Object.entries(tables).map(([name, columns]) => ({
  name,
  relation: name,
  columns: columns.map((each) => each.name),
}));
const previewed = (definition: ReturnType<typeof benignDefinition>) =>
  preview({ name: 'x', definition }, { dataSets, now: NOW }).visuals;

test('what is not hostile is drawn', () => {
  const { definition } = parseDefinition(JSON.stringify({ Definition: benignDefinition() }));
  expect(previewed(definition).map(({ drawn, reason }) => [drawn !== undefined, reason])).toEqual([[true, undefined]]);
});

function spoiledBy({ spoil }: Hostile): DashboardVersionDefinition {
  const definition = benignDefinition();
  spoil(definition, TARGETS);
  return definition;
}

const parse = (definition: DashboardVersionDefinition) => parseDefinition(JSON.stringify({ Definition: definition }));

test.each(HOSTILE.filter(({ refused }) => refused))('$name is refused, with its position', (hostile) => {
  expect(() => parse(spoiledBy(hostile))).toThrow(hostile.refused!);
});

test.each(HOSTILE.filter(({ refused }) => !refused))('$name is well formed', (hostile) => {
  expect(() => parse(spoiledBy(hostile))).not.toThrow();
});

test.each(HOSTILE.filter(({ reason }) => reason))('$name gives no SQL, and a reason', (hostile) => {
  const [visual] = previewed(spoiledBy(hostile));
  expect([visual!.drawn, visual!.reason]).toEqual([undefined, expect.stringMatching(hostile.reason!)]);
});

test.each<[string, string, RegExp]>([
  ['no JSON', '{"Definition": ', /^it is no JSON: /],
  ['null', 'null', /^it has no Definition/],
  ['a list', '[]', /^it has no Definition/],
  ['an inherited Definition', '{"__proto__": {"Definition": {}}}', /^it has no Definition/],
  ['a Definition of null', '{"Definition": null}', /^Definition must be an object, and is null$/],
  ['a Definition that is a list', '{"Definition": []}', /^Definition must be an object, and is a list$/],
  ['a sheet of null', '{"Definition": {"Sheets": [null]}}', /^Definition\.Sheets\[0\] must be an object, and is null/],
  ['a number beyond numbers', '{"Definition": {"AnalysisDefaults": {"x": 1e400}}}', /AnalysisDefaults\.x is not known/],
  ['a Name that is no text', '{"Definition": {}, "Name": {"toString": 1}}', /^Name must be a text, and is an object$/],
  ['101 levels', `{"Definition": ${'['.repeat(100)}${']'.repeat(100)}}`, /more than 100 deep in each other$/],
  ['millions of levels', '['.repeat(5_000_000), /^at character 100, objects and lists lie more than 100 deep/],
  ['more than 20 MB', `"${'x'.repeat(20_000_000)}"`, /^it has 20 MB, and a definition may have 20 MB$/],
])('refuses a file of %s', (_, text, said) => {
  expect(() => parseDefinition(text)).toThrow(said);
});

test('an infinite number is refused where a number belongs', () => {
  const definition = benignDefinition();
  definition.FilterGroups![0]!.Filters![3]!.NumericEqualityFilter!.Value = 123456;
  const text = JSON.stringify({ Definition: definition }).replace('123456', '1e400');
  expect(() => parseDefinition(text)).toThrow(/Value must be a finite number, and is Infinity$/);
});

test('a bound of the service model is kept', () => {
  const definition = benignDefinition();
  definition.Sheets![0]!.Layouts = [
    {
      Configuration: {
        GridLayout: { Elements: [{ ElementId: 'line', ElementType: 'VISUAL', ColumnSpan: 37, RowSpan: 2.5 }] },
      },
    },
  ];
  expect(() => parseDefinition(JSON.stringify({ Definition: definition }))).toThrow(
    /ColumnSpan must be from 1 to 36, and is 37\n.*RowSpan must be a whole number, and is 2\.5$/,
  );
});

test('thousands of problems are counted, and twenty told', () => {
  const Sheets = Array.from({ length: 20_000 }, () => ({ SheetId: 5 }));
  const said = () => parseDefinition(JSON.stringify({ Definition: { Sheets } }));
  expect(said).toThrow(/^Definition\.Sheets has 20000 items, and may have 20\n(.*\n){19}and \d+ more$/);
});

test.each(['{', '${', "'", '<', '"', '('])('text of many %s is looked through once', (part) => {
  const definition = benignDefinition();
  const long = part.repeat(Math.floor(300_000 / part.length));
  definition.CalculatedFields![0]!.Expression = long;
  definition.Sheets![0]!.Visuals![0]!.LineChartVisual!.Title = { FormatText: { RichText: long } };
  expect(() => parseDefinition(JSON.stringify({ Definition: definition }))).not.toThrow(RangeError);
  expect(previewed(definition)[0]!.reason).toMatch(/^the calculated field age is longer than 100,000 characters$/);
});

test('names of what every object has are names like others when compared', () => {
  const [before, after] = [benignDefinition(), benignDefinition()];
  for (const [definition, id] of [
    [before, 'a'],
    [after, 'b'],
  ] as const)
    definition.CalculatedFields!.push({ DataSetIdentifier: 'Clicks', Name: 'x.constructor', Expression: id });
  expect(diffDefinitions(before, after)).toEqual(['calculated field Clicks.x.constructor, Expression: "a" → "b"']);
});
