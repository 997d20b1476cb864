import type { DashboardVersionDefinition } from '@aws-sdk/client-quicksight';
import { describe, expect, test } from '@jest/globals';
import { clickstreamDashboard } from '../../../dashboard/clickstream-dashboard';
import { createDataSetInput } from '../../../dashboard/quicksight/data-sets';
import { definitionOf } from '../../../dashboard/quicksight/definition';
import { dataSetsOf } from '../../../dashboard/quicksight/filters';
import { lint, RULES } from '../../../dashboard/quicksight/lint/lint';
import { scopeOf } from '../../../dashboard/quicksight/lint/scope';
import { targetOf } from '../../../dashboard/quicksight/target';
import { eventDimensions } from '../../../metrics/dimensions';
import { expression } from '../../../stacks/expressions';

/** A definition as something that can be spoiled anywhere. */
// biome-ignore lint/suspicious/noExplicitAny: faults are put where the types would not let them be
type Spoilable = any;

const PLACE = targetOf('111122223333', 'us-east-1', 'dev');
const visuals = clickstreamDashboard.sheets.flatMap((sheet) => sheet.visuals);
const dataSets = dataSetsOf(visuals).map((dataSet) => createDataSetInput(dataSet, PLACE));
const definition = definitionOf(clickstreamDashboard, PLACE);

const first = (spoiled: Spoilable): Spoilable => spoiled.Sheets[0];
const visual = (spoiled: Spoilable, id: string): Spoilable => {
  for (const { Visuals } of spoiled.Sheets)
    for (const item of Visuals)
      for (const body of Object.values<Spoilable>(item)) if (body.VisualId === id) return body;
  throw new Error(`there is no visual ${id}`);
};
const grid = (spoiled: Spoilable): Spoilable => first(spoiled).Layouts[0].Configuration.GridLayout.Elements;
const placed = (spoiled: Spoilable, id: string): Spoilable =>
  grid(spoiled).find((element: Spoilable) => element.ElementId === id);

/** What is wrong, how it comes about, and what the linter says of it. */
const FAULTS: readonly (readonly [string, (spoiled: Spoilable) => void, RegExp])[] = [
  [
    'an id with a space',
    (d) => (visual(d, 'event-types').VisualId = 'event types'),
    /visual event types: VisualId .* must be of letters/,
  ],
  [
    'two visuals of one id',
    (d) => (visual(d, 'unique-users').VisualId = 'total-events'),
    /VisualId "total-events" is that of .* too/,
  ],
  [
    'two filters of one id',
    (d) => (d.FilterGroups[1].Filters[0].CategoryFilter.FilterId = 'control-continent'),
    /FilterId "control-continent" is that/,
  ],
  [
    'a data set twice',
    (d) => d.DataSetIdentifierDeclarations.push(d.DataSetIdentifierDeclarations[0]),
    /data set events: is there twice/,
  ],
  [
    'an ARN that is not known yet',
    (d) => (d.DataSetIdentifierDeclarations[0].DataSetArn = expression('aws_quicksight_data_set.x.arn')),
    /data set events: its ARN .* spelled out/,
  ],
  [
    'a parameter twice',
    (d) => d.ParameterDeclarations.push(d.ParameterDeclarations[0]),
    /parameter DateFrom: is there twice/,
  ],
  [
    'a calculated field of an unknown column',
    (d) => (d.CalculatedFields[0].Expression = 'sum({nothing})'),
    /calculated field .*: \w+ has no column nothing: there are/,
  ],
  [
    'a calculated field of an unknown parameter',
    (d) => (d.CalculatedFields[0].Expression = expression('Nothing')),
    /there is no parameter Nothing: there are DateFrom/,
  ],
  [
    'a calculated field of an unknown data set',
    (d) => (d.CalculatedFields[0].DataSetIdentifier = 'nothing'),
    /there is no data set nothing/,
  ],
  [
    'a calculated field that is not closed',
    (d) => (d.CalculatedFields[0].Expression = 'sum((1)'),
    /parentheses are not closed/,
  ],
  [
    'an unknown column',
    (d) =>
      (visual(
        d,
        'event-types',
      ).ChartConfiguration.FieldWells.PieChartAggregatedFieldWells.Category[0].CategoricalDimensionField.Column.ColumnName =
        'kind'),
    /visual event-types: events has no column kind/,
  ],
  [
    'an unknown data set',
    (d) =>
      (visual(
        d,
        'event-types',
      ).ChartConfiguration.FieldWells.PieChartAggregatedFieldWells.Category[0].CategoricalDimensionField.Column.DataSetIdentifier =
        'clicks'),
    /visual event-types: there is no data set clicks/,
  ],
  [
    'an order by what is not shown',
    (d) => (visual(d, 'event-types').ChartConfiguration.SortConfiguration.CategorySort[0].FieldSort.FieldId = 'x'),
    /visual event-types at .*: there is no field x: there are event-types/,
  ],
  [
    'a field twice in a visual',
    (d) =>
      visual(d, 'country-performance').ChartConfiguration.FieldWells.TableAggregatedFieldWells.Values.push(
        visual(d, 'country-performance').ChartConfiguration.FieldWells.TableAggregatedFieldWells.Values[0],
      ),
    /visual country-performance: field .*: is there twice/,
  ],
  [
    'a control of an unknown parameter',
    (d) => (first(d).ParameterControls[0].DateTimePicker.SourceParameterName = 'Start'),
    /there is no parameter Start/,
  ],
  [
    'a filter by an unknown parameter',
    (d) => (d.FilterGroups[0].Filters[0].CategoryFilter.Configuration.CustomFilterConfiguration.ParameterName = 'Land'),
    /there is no parameter Land/,
  ],
  [
    'a control of an unknown filter',
    (d) => (first(d).FilterControls = [{ Dropdown: { FilterControlId: 'c', Title: 'c', SourceFilterId: 'f' } }]),
    /there is no filter f/,
  ],
  [
    'a filter of an unknown sheet',
    (d) => (d.FilterGroups[0].ScopeConfiguration.SelectedSheets.SheetVisualScopingConfigurations[0].SheetId = 's'),
    /there is no sheet s: there are executive-summary/,
  ],
  [
    'a filter of an unknown visual',
    (d) =>
      (d.FilterGroups.at(-1).ScopeConfiguration.SelectedSheets.SheetVisualScopingConfigurations[0].VisualIds = ['v']),
    /has no visual v: there are/,
  ],
  [
    'two visuals in one item',
    (d) => (first(d).Visuals[0].EmptyVisual = { VisualId: 'e', DataSetIdentifier: 'events' }),
    /must be one visual, and is KPIVisual and EmptyVisual/,
  ],
  [
    'a hierarchy that is not there',
    (d) => delete visual(d, 'events-by-country').ColumnHierarchies,
    /visual events-by-country: there is no hierarchy/,
  ],
  [
    'a hierarchy in a table',
    (d) => (visual(d, 'country-performance').ColumnHierarchies = [{ DateTimeHierarchy: { HierarchyId: 'h' } }]),
    /a TableVisual has no ways down/,
  ],
  [
    'an aggregate to group by',
    (d) =>
      (visual(
        d,
        'event-types',
      ).ChartConfiguration.FieldWells.PieChartAggregatedFieldWells.Category[0].CategoricalDimensionField.Column.ColumnName =
        'events'),
    /visual event-types: events aggregates, and can only be a value/,
  ],
  [
    'an aggregate of an aggregate',
    (d) =>
      (visual(
        d,
        'event-types',
      ).ChartConfiguration.FieldWells.PieChartAggregatedFieldWells.Values[0].NumericalMeasureField.AggregationFunction =
        { SimpleNumericalAggregation: 'SUM' }),
    /aggregates by itself: leave AggregationFunction out/,
  ],
  [
    'too many fields in a well',
    (d) =>
      visual(d, 'hours-and-weekdays').ChartConfiguration.FieldWells.HeatMapAggregatedFieldWells.Rows.push({
        CategoricalDimensionField: {
          FieldId: 'more',
          Column: { DataSetIdentifier: 'events', ColumnName: 'event_type' },
        },
      }),
    /visual hours-and-weekdays: Rows of a HeatMapVisual takes 1, and has 2/,
  ],
  ['a place for nothing', (d) => (placed(d, 'total-events').ElementId = 'nothing'), /has no element nothing/],
  [
    'a visual without a place',
    (d) => grid(d).splice(grid(d).indexOf(placed(d, 'total-events')), 1),
    /visual total-events: has no place in the layout/,
  ],
  [
    'a visual beyond the grid',
    (d) => (placed(d, 'engagement-rate').ColumnSpan = 9),
    /visual engagement-rate: from column 29, 9 wide, is beyond the 36/,
  ],
  ['a visual that is too high', (d) => (placed(d, 'top-movers').RowSpan = 22), /is 22 rows high: 1 to 21/],
  [
    'a visual on another',
    (d) => (placed(d, 'unique-users').ColumnIndex = 4),
    /visual unique-users: lies on total-events/,
  ],
  ['two layouts', (d) => first(d).Layouts.push(first(d).Layouts[0]), /has 2 layouts/],
  [
    'too many sheets',
    (d) => (d.Sheets = Array.from({ length: 21 }, (_, n) => ({ SheetId: `s${n}` }))),
    /Sheets: has 21, and may have 20/,
  ],
  [
    'missing data of a line',
    (d) =>
      (visual(d, 'events-over-time').ChartConfiguration.Series = [
        {
          FieldSeriesItem: {
            FieldId: 'events-over-time.events',
            AxisBinding: 'PRIMARY_YAXIS',
            Settings: { MissingDataConfigurations: [] },
          },
        },
      ]),
    /visual events-over-time .*missing data can't be read back/,
  ],
  [
    'contribution analysis',
    (d) => (visual(d, 'events-over-time').ChartConfiguration.ContributionAnalysisDefaults = []),
    /ContributionAnalysisDefaults can't be read back/,
  ],
  [
    'a percentile',
    (d) =>
      (visual(
        d,
        'event-types',
      ).ChartConfiguration.FieldWells.PieChartAggregatedFieldWells.Values[0].NumericalMeasureField.AggregationFunction =
        { PercentileAggregation: { PercentileValue: 90 } }),
    /the percentile is lost: write percentile/,
  ],
  [
    'a data-driven axis',
    (d) =>
      (visual(d, 'events-over-time').ChartConfiguration.PrimaryYAxisDisplayOptions = {
        AxisOptions: { DataOptions: { NumericAxisOptions: { Range: { DataDriven: {} } } } },
      }),
    /DataDriven is lost/,
  ],
  [
    'a forecast left to defaults',
    (d) =>
      delete visual(d, 'events-over-time').ChartConfiguration.ForecastConfigurations[0].ForecastProperties
        .UpperBoundary,
    /UpperBoundary would be sent as 0/,
  ],
  [
    'an action',
    (d) =>
      (visual(d, 'event-types').Actions = [
        {
          CustomActionId: 'a',
          Name: 'a',
          Trigger: 'DATA_POINT_CLICK',
          ActionOperations: [
            { FilterOperation: { SelectedFieldsConfiguration: { SelectedFieldOptions: 'ALL_FIELDS' } } },
          ],
        },
      ]),
    /#39715\): leave the action out/,
  ],
  [
    'a color without a value',
    (d) =>
      (visual(d, 'hours-and-weekdays').ChartConfiguration.ColorScale = {
        Colors: [{ Color: '#FFFFFF' }],
        ColorFillType: 'GRADIENT',
      }),
    /DataValue would be sent as 0/,
  ],
  [
    'weeks',
    (d) =>
      (visual(
        d,
        'events-over-time',
      ).ChartConfiguration.FieldWells.LineChartAggregatedFieldWells.Category[0].DateDimensionField.DateGranularity =
        'WEEK'),
    /weeks would begin on Sunday/,
  ],
  [
    'points of a map',
    (d) =>
      (visual(d, 'global-event-distribution').ChartConfiguration.PointStyleOptions = { SelectedPointStyle: 'POINT' }),
    /SelectedPointStyle is lost/,
  ],
  [
    'a palette of a map',
    (d) =>
      first(d).Visuals.push({
        GeospatialMapVisual: { VisualId: 'places', ChartConfiguration: { VisualPalette: { ChartColor: '#FFFFFF' } } },
      }),
    /visual places .*the palette of a map is lost/,
  ],
  [
    'a background without a color of text',
    (d) =>
      first(d).Visuals.push({
        PivotTableVisual: {
          VisualId: 'pivot',
          ConditionalFormatting: { ConditionalFormattingOptions: [{ Cell: { TextFormat: { BackgroundColor: {} } } }] },
        },
      }),
    /visual pivot .*BackgroundColor needs TextColor/,
  ],
];

describe('the linter of QuickSight definitions', () => {
  test('finds nothing in ours', () => expect(lint(definition, dataSets)).toEqual([]));

  test('finds nothing with more filters than fit in a row', () => {
    const controls = [...clickstreamDashboard.controls, eventDimensions.page, eventDimensions.country_code];
    expect(lint(definitionOf({ ...clickstreamDashboard, controls }, PLACE), dataSets)).toEqual([]);
  });

  test.each(FAULTS)('finds %s, and says where', (_, spoil, said) => {
    const spoiled = structuredClone(definition) as DashboardVersionDefinition;
    spoil(spoiled);
    expect(lint(spoiled, dataSets).join('\n')).toMatch(said);
  });

  test('has a unique id and a fault above for each rule', () => {
    const scopes = FAULTS.map(([, spoil]) => {
      const spoiled = structuredClone(definition) as DashboardVersionDefinition;
      spoil(spoiled);
      return scopeOf(spoiled, dataSets);
    });
    const unbroken = RULES.filter(({ check }) => scopes.every((scope) => [...check(scope)].length === 0));
    expect(unbroken.map(({ id }) => id)).toEqual([]);
    expect(new Set(RULES.map(({ id }) => id)).size).toBe(RULES.length);
  });
});
