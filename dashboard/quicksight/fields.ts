import type {
  CalculatedField,
  ColumnIdentifier,
  DimensionField,
  MeasureField,
  NumberFormatConfiguration,
} from '@aws-sdk/client-quicksight';
import type { DataSet } from '../../metrics/data-set';
import type { Dimension, Format, Grain, Measure } from '../../metrics/measure';
import type { Insight } from '../kinds/insight/kind';
import type { Visual } from '../kinds/registry';
import { comparedMeasures, dimensionsOf } from '../spec';
import {
  columnOf,
  dimensionExpression,
  inDates,
  inDatesBefore,
  isCompared,
  isComplete,
  measureExpression,
} from './expression';

/** A measure as a visual shows it: of all its rows, of those of the range of dates, of the time before, or what changed. */
export interface ShownMeasure {
  readonly measure: Measure;
  readonly of: 'all' | 'current' | 'before' | 'difference' | 'change';
}

/** The calculated field that says whether a row is of the range of dates, of the time before it, or of neither. */
export const PERIOD = 'dates_period';

/** The calculated field that is 1 where there is a time before to compare with, and else 0. */
const COMPARED = 'dates_compared';

/** What a visual shows of its measures, in order. */
export function shownMeasures(visual: Visual): ShownMeasure[] {
  const compared = comparedMeasures(visual);
  const shown = (of: ShownMeasure['of'], measures: readonly Measure[]): ShownMeasure[] =>
    measures.map((measure) => ({ measure, of }));
  switch (visual.kind) {
    case 'kpi':
      return compared.length > 0
        ? [...shown('current', compared), ...shown('before', compared)]
        : [all(visual.measure)];
    case 'movers':
      return (['current', 'before', 'difference', 'change'] as const).flatMap((of) => shown(of, [visual.measure]));
    case 'table':
      return [...shown(compared.length > 0 ? 'current' : 'all', visual.measures), ...shown('change', compared)];
    case 'line':
      return shown('all', visual.measures);
    default:
      return [all(visual.measure)];
  }
}

function all(measure: Measure): ShownMeasure {
  return { measure, of: 'all' };
}

/** Name of the calculated field of a measure. */
export function measureName({ measure, of }: ShownMeasure): string {
  return of === 'all' ? measure.id : `${measure.id}_${of}`;
}

/** Every calculated field that visuals and controls need, each once. */
export function calculatedFields(visuals: readonly Visual[], controls: readonly Dimension[]): CalculatedField[] {
  const fields = [
    ...visuals.flatMap(({ dataSet }) => periodField(dataSet)),
    ...visuals.flatMap(completeField),
    ...[...controls, ...visuals.flatMap(dimensionsOf)].flatMap(dimensionFieldOf),
    ...visuals
      .flatMap(shownMeasures)
      .filter(({ measure }) => !isTime(measure))
      .flatMap(measureFields),
  ];
  const byName = new Map(fields.map((field) => [`${field.DataSetIdentifier}.${field.Name}`, field]));
  return [...byName].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, field]) => field);
}

function periodField({ name, time }: DataSet): CalculatedField[] {
  if (!time) return [];
  const before = `{${COMPARED}} = 1 AND ${inDatesBefore(time)}`;
  const field = (Name: string, Expression: string): CalculatedField => ({ DataSetIdentifier: name, Name, Expression });
  return [
    field(PERIOD, `ifelse(${inDates(time)}, 'current', ${before}, 'before', 'other')`),
    field(COMPARED, `ifelse(${isCompared()}, 1, 0)`),
  ];
}

/** Name of the calculated field that is 1 in periods that data reaches to the end of. */
export function completeName({ time }: Insight): string {
  return `${time.id}_complete`;
}

function completeField(visual: Visual): CalculatedField[] {
  if (visual.kind !== 'insight' || visual.time.kind !== 'time') return [];
  const { dataSet, time } = visual;
  const Expression = `ifelse(${isComplete(time.field, visual.time.grain)}, 1, 0)`;
  return [{ DataSetIdentifier: dataSet.name, Name: completeName(visual), Expression }];
}

function dimensionFieldOf(dimension: Dimension): CalculatedField[] {
  const Expression = dimensionExpression(dimension);
  return Expression === undefined
    ? []
    : [{ DataSetIdentifier: dimension.dataSet, Name: columnOf(dimension), Expression }];
}

function measureFields(shown: ShownMeasure): CalculatedField[] {
  const { measure, of } = shown;
  const field = (Expression: string): CalculatedField => ({
    DataSetIdentifier: measure.dataSet,
    Name: measureName(shown),
    Expression,
  });
  if (of === 'all') return [field(measureExpression(measure))];
  const within = (period: 'current' | 'before'): string => measureExpression(measure, `{${PERIOD}} = '${period}'`);
  if (of === 'current') return [field(within(of))];
  // Null, and not 0, where there is nothing to compare with.
  if (of === 'before') return [field(`(${within(of)}) / nullIf(max({${COMPARED}}), 0)`)];
  const [current, before] = (['current', 'before'] as const).map((each) => `{${measureName({ measure, of: each })}}`);
  const difference = `${current} - ${before}`;
  return [
    ...measureFields({ measure, of: 'current' }),
    ...measureFields({ measure, of: 'before' }),
    field(
      of === 'difference' || measure.format === 'percent' ? difference : `(${difference}) / nullIf(abs(${before}), 0)`,
    ),
  ];
}

/** Id of a field in a visual's wells. */
export function fieldId(visual: Visual, name: string): string {
  return `${visual.id}.${name}`;
}

export function identifier(dataSet: string, ColumnName: string): ColumnIdentifier {
  return { DataSetIdentifier: dataSet, ColumnName };
}

/** A measure in a visual's wells. */
export function measureField(visual: Visual, shown: ShownMeasure): MeasureField {
  const { measure, of } = shown;
  const { dataSet, expression } = measure;
  const name = measureName(shown);
  const FieldId = fieldId(visual, name);
  if (isTime(measure) && (expression.kind === 'min' || expression.kind === 'max'))
    return {
      DateMeasureField: {
        FieldId,
        Column: identifier(dataSet, expression.field.name),
        AggregationFunction: expression.kind === 'min' ? 'MIN' : 'MAX',
      },
    };
  const FormatConfiguration = numberFormat(of === 'change' ? 'percent' : measure.format);
  return { NumericalMeasureField: { FieldId, Column: identifier(dataSet, name), FormatConfiguration } };
}

function isTime({ format }: Measure): boolean {
  return format === 'time';
}

const GRANULARITIES: Readonly<Record<Grain, 'HOUR' | 'DAY' | 'WEEK' | 'MONTH' | 'YEAR'>> = {
  hour: 'HOUR',
  day: 'DAY',
  week: 'WEEK',
  month: 'MONTH',
  year: 'YEAR',
};

/** A dimension in a visual's wells, as the top of a hierarchy if there is one. */
export function dimensionField(visual: Visual, dimension: Dimension, hierarchy?: string): DimensionField {
  const field = {
    FieldId: fieldId(visual, dimension.id),
    Column: identifier(dimension.dataSet, columnOf(dimension)),
    ...(hierarchy === undefined ? {} : { HierarchyId: hierarchy }),
  };
  if (dimension.kind === 'time')
    return { DateDimensionField: { ...field, DateGranularity: GRANULARITIES[dimension.grain] } };
  if (dimension.kind !== 'value') return { NumericalDimensionField: field };
  switch (dimension.field.type) {
    case 'timestamp':
      return { DateDimensionField: { ...field, DateGranularity: 'MINUTE' } };
    case 'date':
      return { DateDimensionField: { ...field, DateGranularity: 'DAY' } };
    case 'string':
      return { CategoricalDimensionField: field };
    default:
      return { NumericalDimensionField: field };
  }
}

function numberFormat(format: Format): NumberFormatConfiguration {
  const DecimalPlacesConfiguration = { DecimalPlaces: format === 'integer' || format === 'duration' ? 0 : 1 };
  const SeparatorConfiguration = { ThousandsSeparator: { Symbol: 'COMMA', Visibility: 'VISIBLE' } } as const;
  const display = { DecimalPlacesConfiguration, SeparatorConfiguration };
  if (format === 'percent') return { FormatConfiguration: { PercentageDisplayFormatConfiguration: display } };
  const suffix = format === 'duration' ? { Suffix: ' s' } : {};
  return { FormatConfiguration: { NumberDisplayFormatConfiguration: { ...display, ...suffix } } };
}
