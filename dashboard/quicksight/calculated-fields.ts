import type { CalculatedField } from '@aws-sdk/client-quicksight';
import type { DataSet } from '../../metrics/data-set';
import type { Dimension } from '../../metrics/measure';
import type { Visual } from '../kinds/registry';
import { dimensionsOf } from '../spec';
import { columnOf, dimensionExpression, inDates, inDatesBefore, isCompared, measureExpression } from './expression';
import { isTime, measureName, type ShownMeasure } from './fields';
import { quickSightKindOf } from './kinds';
import { shownMeasures } from './visuals';

/** The calculated field that says whether a row is of the range of dates, of the time before it, or of neither. */
export const PERIOD = 'dates_period';

/** The calculated field that is 1 where there is a time before to compare with, and else 0. */
const COMPARED = 'dates_compared';

/** Every calculated field that visuals and controls need, each once. */
export function calculatedFields(visuals: readonly Visual[], controls: readonly Dimension[]): CalculatedField[] {
  const fields = [
    ...visuals.flatMap(({ dataSet }) => periodField(dataSet)),
    ...visuals.flatMap((visual) => quickSightKindOf(visual).calculatedFieldsOf?.(visual) ?? []),
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
