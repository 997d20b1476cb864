import type { DimensionField, MeasureField } from '@aws-sdk/client-quicksight';
import type { DataSet } from '../../../metrics/data-set';
import type { Dimension, Format, Grain, Measure } from '../../../metrics/measure';
import { printable } from '../printable';
import {
  aggregated,
  fieldExpression,
  granularityUnit,
  type Names,
  type SqlExpression,
  sqlExpression,
  truncatedSql,
  type Unit,
} from '../sql-expression';
import { partOf } from '../wells';

/** What fields of a visual are read with. */
export interface FieldScope {
  readonly dataSet: string;
  readonly names: Names;
  /** An id that no other field of the visual has. */
  uniqueId(name: string): string;
  /** By the ids of fields. */
  readonly labels: ReadonlyMap<string, string>;
}

/** A field as the page knows it, and in SQL. */
export interface ReadField<T> {
  readonly described: T;
  readonly sql: string;
}

/** Units that the page has too. */
const GRAINS: ReadonlyMap<Unit, Grain> = new Map([
  ['hour', 'hour'],
  ['day', 'day'],
  ['week', 'week'],
  ['month', 'month'],
  ['year', 'year'],
]);

/** Reads a dimension. Throws an Error if it is aggregated. */
export function dimensionOf(
  field: DimensionField,
  { dataSet, names, uniqueId, labels }: FieldScope,
): ReadField<Dimension> {
  const { FieldId, Column } = partOf(field);
  const name = Column!.ColumnName!;
  const { sql, isAggregate } = fieldExpression(name, names);
  if (isAggregate) throw new Error(`groups by ${printable(name)}, which is aggregated`);
  const label = labels.get(FieldId) ?? name;
  const described = (type: DataSet['fields'][string]['type']) => ({
    dataSet,
    id: uniqueId(name),
    label,
    description: '',
    field: { dataSet, name, type, label, description: '' },
  });
  if (!field.DateDimensionField) {
    const type = field.NumericalDimensionField ? 'decimal' : 'string';
    return { sql, described: { ...described(type), kind: 'value' } };
  }
  const unit = granularityUnit(field.DateDimensionField.DateGranularity ?? 'DAY');
  const grain = GRAINS.get(unit);
  const shown = truncatedSql(unit, sql);
  if (grain === undefined) return { sql: shown, described: { ...described('timestamp'), kind: 'value' } };
  return { sql: shown, described: { ...described('timestamp'), kind: 'time', grain } };
}

/** Reads a measure. Throws an Error if it is not aggregated. */
export function measureOf(field: MeasureField, { dataSet, names, uniqueId, labels }: FieldScope): ReadField<Measure> {
  const { FieldId, Column } = partOf(field);
  const own = field.CalculatedMeasureField;
  const name = Column?.ColumnName ?? FieldId;
  const source = own ? sqlExpression(own.Expression!, names) : fieldExpression(name, names);
  const aggregation = aggregationOf(field) ?? (source.isAggregate ? undefined : 'SUM');
  const { sql, isAggregate } = aggregation === undefined ? source : aggregated(aggregation, source);
  if (!isAggregate) throw new Error(`shows ${printable(name)}, which is not aggregated`);
  const label = labels.get(FieldId) ?? name;
  const format = formatOf(field, aggregation, source);
  // What it is made of is in the SQL already: the page looks at the rest.
  return {
    sql,
    described: { dataSet, id: uniqueId(name), label, description: '', unit: '', format, expression: { kind: 'count' } },
  };
}

function aggregationOf({
  NumericalMeasureField,
  CategoricalMeasureField,
  DateMeasureField,
}: MeasureField): string | undefined {
  if (
    NumericalMeasureField?.AggregationFunction &&
    !NumericalMeasureField.AggregationFunction.SimpleNumericalAggregation
  )
    throw new Error(`the aggregation of ${printable(NumericalMeasureField.FieldId ?? '')} can't be computed here`);
  return (
    NumericalMeasureField?.AggregationFunction?.SimpleNumericalAggregation ??
    CategoricalMeasureField?.AggregationFunction ??
    (CategoricalMeasureField ? 'COUNT' : undefined) ??
    DateMeasureField?.AggregationFunction ??
    (DateMeasureField ? 'COUNT' : undefined)
  );
}

function formatOf(field: MeasureField, aggregation: string | undefined, { sql }: SqlExpression): Format {
  if (field.DateMeasureField) return /^(MIN|MAX)$/.test(aggregation!) ? 'time' : 'integer';
  const { PercentageDisplayFormatConfiguration: percent, NumberDisplayFormatConfiguration: number } =
    field.NumericalMeasureField?.FormatConfiguration?.FormatConfiguration ?? {};
  if (percent) return 'percent';
  const places = number?.DecimalPlacesConfiguration?.DecimalPlaces;
  if (places !== undefined) return places === 0 ? 'integer' : 'decimal';
  return /COUNT$/.test(aggregation ?? '') || /^COUNT\(/.test(sql) ? 'integer' : 'decimal';
}

/** Names as columns of SQL have them, each once. */
export function uniqueIds(): (name: string) => string {
  const taken = new Set<string>();
  return (name) => {
    const base = name.replace(/\W+/g, '_').replace(/^(?=\d|$)/, '_');
    let id = base;
    for (let n = 2; taken.has(id); n++) id = `${base}_${n}`;
    taken.add(id);
    return id;
  };
}
