import type {
  DimensionField,
  FieldSortOptions,
  MeasureField,
  PivotTableVisual,
  TableVisual,
} from '@aws-sdk/client-quicksight';
import type { Dimension, Measure } from '../../../metrics/measure';
import { largestFirst, sortBy } from '../../quicksight/emission';
import { fieldId, measureName, type ShownMeasure, shown } from '../../quicksight/fields';
import type { QuickSightKind } from '../../quicksight/kind';
import { tableConfiguration } from '../../quicksight/table-configuration';
import { demandWells, type ReadCommon, type Wells } from '../../quicksight/wells';
import type { Table } from './kind';

export const quickSightTable: QuickSightKind<Table> = {
  flatTypes: ['TableVisual', 'PivotTableVisual'],
  wellSizes: {
    'PivotTableAggregatedFieldWells.Rows': 40,
    'PivotTableAggregatedFieldWells.Columns': 40,
    'PivotTableAggregatedFieldWells.Values': 40,
  },
  shownMeasuresOf: ({ measures }, compared) => [
    ...shown(compared.length > 0 ? 'current' : 'all', measures),
    ...shown('change', compared),
  ],
  emit: (visual, emission) => {
    const order = orderOf(visual, emission.shown);
    return {
      TableVisual: {
        ...emission.common,
        ChartConfiguration: tableConfiguration(visual, visual.rows, emission, order),
      },
    };
  },
  readers: { TableVisual: read, PivotTableVisual: readPivot },
};

function orderOf(visual: Table, all: readonly ShownMeasure[]): FieldSortOptions {
  const { orderBy } = visual;
  if (!orderBy) return largestFirst(visual, all[0]!);
  const measure = all.find((each) => each.measure === orderBy.by);
  const name = measure ? measureName(measure) : orderBy.by.id;
  return sortBy(fieldId(visual, name), orderBy.isDescending ? 'DESC' : 'ASC');
}

function read({ ChartConfiguration = {} }: TableVisual, common: ReadCommon): Wells {
  const { FieldWells, SortConfiguration: sort, FieldOptions } = ChartConfiguration;
  if (FieldWells?.TableUnaggregatedFieldWells) throw new Error('shows rows as they are, which is not drawn here');
  const { GroupBy = [], Values = [] } = FieldWells?.TableAggregatedFieldWells ?? {};
  const labels = new Map(
    (FieldOptions?.SelectedFieldOptions ?? []).flatMap(({ FieldId, CustomLabel }) =>
      CustomLabel ? [[FieldId!, CustomLabel]] : [],
    ),
  );
  return { ...wellsOf(common, GroupBy, Values), ...(sort?.RowSort ? { sort: sort.RowSort } : {}), labels };
}

function readPivot({ ChartConfiguration }: PivotTableVisual, common: ReadCommon): Wells {
  const { Rows = [], Columns = [], Values = [] } = ChartConfiguration?.FieldWells?.PivotTableAggregatedFieldWells ?? {};
  return wellsOf(common, [...Rows, ...Columns], Values);
}

function wellsOf(common: ReadCommon, dimensions: readonly DimensionField[], measures: readonly MeasureField[]): Wells {
  demandWells(dimensions.length > 0 && measures.length > 0);
  return {
    dimensions,
    measures,
    visual: (rows, values, dataSet) => ({
      ...common,
      kind: 'table',
      dataSet,
      rows: rows as [Dimension, ...Dimension[]],
      measures: values as [Measure, ...Measure[]],
    }),
  };
}
