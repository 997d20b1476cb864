import type { DimensionField, InsightVisual, MeasureField } from '@aws-sdk/client-quicksight';
import { isComplete } from '../../quicksight/expression';
import { dimensionField, identifier } from '../../quicksight/fields';
import type { QuickSightKind } from '../../quicksight/kind';
import { partOf, type ReadCommon, type Wells } from '../../quicksight/wells';
import { timeOf } from '../../spec';
import type { Insight } from './kind';

export const quickSightInsight: QuickSightKind<Insight> = {
  flatTypes: ['InsightVisual'],
  emit: (visual, { common, values: [value] }) => ({
    InsightVisual: {
      ...common,
      DataSetIdentifier: visual.dataSet.name,
      InsightConfiguration: {
        Computations: [
          { PeriodOverPeriod: computed(visual, value!, 'total') },
          moversComputation(visual, value!, 'TOP'),
          moversComputation(visual, value!, 'BOTTOM'),
        ],
      },
    },
  }),
  calculatedFieldsOf: (visual) => {
    const { dataSet, time } = visual;
    if (time.kind !== 'time') return [];
    const Expression = `ifelse(${isComplete(time.field, time.grain)}, 1, 0)`;
    return [{ DataSetIdentifier: dataSet.name, Name: completeName(visual), Expression }];
  },
  filtersOf: (visual) =>
    timeOf(visual)
      ? [
          {
            NumericEqualityFilter: {
              FilterId: `complete-${visual.id}`,
              Column: identifier(visual.dataSet.name, completeName(visual)),
              Value: 1,
              MatchOperator: 'EQUALS',
              NullOption: 'NON_NULLS_ONLY',
            },
          },
        ]
      : [],
  readers: { InsightVisual: read },
};

/** Name of the calculated field that is 1 in periods that data reaches to the end of. */
function completeName({ time }: Insight): string {
  return `${time.id}_complete`;
}

function computed(visual: Insight, value: MeasureField, name: string) {
  return {
    ComputationId: `${visual.id}-${name}`,
    Name: name,
    Time: withOwnId(dimensionField(visual, visual.time), name),
    Value: withOwnId(value, name),
  };
}

function moversComputation(visual: Insight, value: MeasureField, Type: 'TOP' | 'BOTTOM') {
  const name = Type.toLowerCase();
  return {
    TopBottomMovers: {
      ...computed(visual, value, name),
      Category: withOwnId(dimensionField(visual, visual.by), name),
      MoverSize: visual.count,
      SortOrder: 'ABSOLUTE_DIFFERENCE' as const,
      Type,
    },
  };
}

/** A field once more in the same visual: ids are one's own. */
function withOwnId<T extends DimensionField | MeasureField>(field: T, name: string): T {
  return Object.fromEntries(
    Object.entries(field).map(([kind, body]) => [kind, { ...body, FieldId: `${body.FieldId}.${name}` }]),
  ) as T;
}

function read({ InsightConfiguration = {} }: InsightVisual, common: ReadCommon): Wells {
  const { Computations = [] } = InsightConfiguration;
  const movers = Computations.flatMap(({ TopBottomMovers }) => TopBottomMovers ?? []);
  const { Time, Category, Value, MoverSize: count = 3 } = movers[0] ?? {};
  const isKnown = Computations.every(({ PeriodOverPeriod, TopBottomMovers }) => PeriodOverPeriod ?? TopBottomMovers);
  if (!isKnown || !Time || !Category || !Value || movers.some(({ SortOrder }) => SortOrder !== 'ABSOLUTE_DIFFERENCE'))
    throw new Error('computes other than periods and movers by their difference');
  return {
    dimensions: [Time, Category],
    measures: [Value],
    sort: [{ FieldSort: { FieldId: partOf(Time).FieldId, Direction: 'DESC' } }],
    visual: ([time, by], [measure], dataSet) => ({
      ...common,
      kind: 'insight',
      dataSet,
      time: time!,
      by: by!,
      measure: measure!,
      count,
    }),
  };
}
