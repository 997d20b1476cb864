import type { DashboardVersionDefinition } from '@aws-sdk/client-quicksight';
import { expect, test } from '@jest/globals';
import { clickstreamDashboard } from '../../../dashboard/clickstream-dashboard';
import { definitionOf } from '../../../dashboard/quicksight/definition';
import { diffDefinitions } from '../../../dashboard/quicksight/diff';
import { targetOf } from '../../../dashboard/quicksight/target';

const definition = JSON.parse(
  JSON.stringify(definitionOf(clickstreamDashboard, targetOf('111122223333', 'us-east-1', 'dev'))),
) as DashboardVersionDefinition;

/** A visual that changes are made to, wherever it is. */
const TOTAL = 'total-events';

// biome-ignore lint/suspicious/noExplicitAny: changes are made deep inside
type Spoilable = any;

const isTotal = (visual: Spoilable): boolean => visual.KPIVisual?.VisualId === TOTAL;

function changed(change: (definition: Spoilable) => void): string[] {
  const after = structuredClone(definition);
  change(after);
  return diffDefinitions(definition, after);
}

test('the same in another order, and with nothing spelled out, is the same', () => {
  const lines = changed((d) => {
    d.Sheets.reverse();
    d.CalculatedFields.reverse();
    d.FilterGroups.reverse();
    for (const sheet of d.Sheets) {
      sheet.Visuals.reverse();
      sheet.Images = [];
    }
  });
  expect(lines).toEqual([]);
});

test.each<[string, Parameters<typeof changed>[0], string[]]>([
  [
    'a title',
    (d) => (d.Sheets[0].Visuals.find(isTotal).KPIVisual.Title.FormatText.PlainText = 'All'),
    ['sheet executive-summary, visual "All" (total-events), KPIVisual.Title.FormatText.PlainText: "Events" → "All"'],
  ],
  [
    'a visual taken away, with its place',
    (d) => {
      const [sheet] = d.Sheets;
      const { GridLayout } = sheet.Layouts[0].Configuration;
      sheet.Visuals = sheet.Visuals.filter((each: Spoilable) => !isTotal(each));
      GridLayout.Elements = GridLayout.Elements.filter((each: Spoilable) => each.ElementId !== TOTAL);
    },
    [
      expect.stringMatching(/^sheet executive-summary, .*place of total-events: removed$/),
      'sheet executive-summary, visual "Events" (total-events): removed',
    ] as string[],
  ],
  [
    'an expression',
    (d) => (d.CalculatedFields.find(({ Name }: { Name: string }) => Name === 'events').Expression = 'sum({n})'),
    ['calculated field events.events, Expression: "count({event_id})" → "sum({n})"'],
  ],
  [
    'a new parameter',
    (d) => d.ParameterDeclarations.push({ StringParameterDeclaration: { Name: 'City' } }),
    ['parameter City: added'],
  ],
  [
    'what a filter compares with',
    (d) =>
      (d.FilterGroups[0].Filters[0].CategoryFilter.Configuration.CustomFilterConfiguration.MatchOperator = 'CONTAINS'),
    [
      'filter group control-continent-group, filter control-continent, CategoryFilter.Configuration.CustomFilterConfiguration.MatchOperator: "EQUALS" → "CONTAINS"',
    ],
  ],
])('says in a line that there is %s', (_, change, lines) => {
  expect(changed(change)).toEqual(lines);
});
