import type { Rule } from './rule';
import { type Node, where } from './scope';

/** Settings of a forecast that are sent as 0 where they are left out. */
const FORECAST = [
  'PeriodsForward',
  'PeriodsBackward',
  'UpperBoundary',
  'LowerBoundary',
  'PredictionInterval',
  'Seasonality',
];

/** Settings that Terraform's AWS provider 5.100 sends differently than configured, or can't read back. */
export const PROVIDER_RULES: readonly Rule[] = [
  setting(
    'missing-data',
    ['MissingDataConfigurations', 'MissingDataConfiguration'],
    "missing data can't be read back, and every later plan fails: leave it out",
  ),
  setting(
    'contribution-analysis',
    ['ContributionAnalysisDefaults'],
    "ContributionAnalysisDefaults can't be read back, and every later plan fails: leave it out",
  ),
  setting(
    'point-style',
    ['SelectedPointStyle'],
    'SelectedPointStyle is lost, and every plan would set it again: leave it out',
  ),
  setting(
    'percentile',
    ['PercentileValue'],
    'the percentile is lost: write percentile(column, n) as a calculated field instead',
  ),
  nodeRule('map-palette', 'Maps have no palette.', (node) =>
    typeOf(node) === 'GeospatialMapVisual' && 'VisualPalette' in node.value
      ? ['the palette of a map is lost, and every plan would set it again: leave it out']
      : [],
  ),
  nodeRule('data-driven-axis', 'Axes are not said to be data-driven.', ({ name, value }) =>
    name === 'Range' && 'DataDriven' in value
      ? ['DataDriven is lost, and is what an axis does anyway: leave Range out']
      : [],
  ),
  nodeRule('week-granularity', "Nothing is grouped by QuickSight's weeks.", ({ value }) =>
    value.DateGranularity === 'WEEK'
      ? ['weeks would begin on Sunday, as the provider has no Options.WeekStart: show a column of Mondays instead']
      : [],
  ),
  nodeRule('forecast-settings', 'Forecasts leave no setting out.', ({ name, value }) =>
    name === 'ForecastProperties'
      ? FORECAST.filter((each) => value[each] === undefined).map(
          (each) => `${each} would be sent as 0: say what it is to be`,
        )
      : [],
  ),
  nodeRule('color-values', 'Colors of a heat map have values.', (node) =>
    node.name === 'Colors' && typeOf(node) === 'HeatMapVisual' && node.value.DataValue === undefined
      ? ['DataValue would be sent as 0: say what it is to be']
      : [],
  ),
  nodeRule('pivot-colors', 'Cells of a pivot table with a background have a text color.', (node) =>
    typeOf(node) === 'PivotTableVisual' && 'BackgroundColor' in node.value && !('TextColor' in node.value)
      ? ['BackgroundColor needs TextColor beside it']
      : [],
  ),
  nodeRule('no-actions', 'Visuals have no filter actions.', ({ value }) =>
    ['SelectedFieldsConfiguration', 'TargetVisualsConfiguration']
      .filter((field) => field in value)
      .map(
        (field) =>
          `the provider sends ${field} with empty lists, which AWS refuses (terraform-provider-aws #39715): leave the action out`,
      ),
  ),
];

/** A rule that looks at each object by itself. */
function nodeRule(id: string, description: string, problemsOf: (node: Node) => readonly string[]): Rule {
  return {
    id,
    description,
    *check({ nodes }) {
      for (const node of nodes)
        for (const problem of problemsOf(node)) yield `${where(node)} at ${node.path}: ${problem}`;
    },
  };
}

/** A rule that settings are left out. */
function setting(id: string, names: readonly string[], problem: string): Rule {
  return nodeRule(id, `${names.join(' and ')} must be left out.`, ({ value }) =>
    names.some((name) => name in value) ? [problem] : [],
  );
}

/** As AWS calls the type of visual that holds something; empty outside of visuals. */
function typeOf({ within }: Node): string {
  return within.find(({ name }) => name.endsWith('Visual'))?.name ?? '';
}
