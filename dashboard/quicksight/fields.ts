import type {
  ColumnIdentifier,
  DimensionField,
  MeasureField,
  NumberFormatConfiguration,
} from '@aws-sdk/client-quicksight';
import type { Dimension, Format, Grain, Measure } from '../../metrics/measure';
import type { VisualBase } from '../kinds/kind';
import { columnOf } from './expression';

/** A measure as a visual shows it: of all its rows, of those of the range of dates, of the time before, or what changed. */
export interface ShownMeasure {
  readonly measure: Measure;
  readonly of: 'all' | 'current' | 'before' | 'difference' | 'change';
}

/** Measures as shown of some rows. */
export function shown(of: ShownMeasure['of'], measures: readonly Measure[]): ShownMeasure[] {
  return measures.map((measure) => ({ measure, of }));
}

/** Name of the calculated field of a measure. */
export function measureName({ measure, of }: ShownMeasure): string {
  return of === 'all' ? measure.id : `${measure.id}_${of}`;
}

/** Id of a field in a visual's wells. */
export function fieldId(visual: Pick<VisualBase, 'id'>, name: string): string {
  return `${visual.id}.${name}`;
}

export function identifier(dataSet: string, ColumnName: string): ColumnIdentifier {
  return { DataSetIdentifier: dataSet, ColumnName };
}

/** A measure in a visual's wells. */
export function measureField(visual: Pick<VisualBase, 'id'>, shown: ShownMeasure): MeasureField {
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

export function isTime({ format }: Measure): boolean {
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
export function dimensionField(
  visual: Pick<VisualBase, 'id'>,
  dimension: Dimension,
  hierarchy?: string,
): DimensionField {
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
