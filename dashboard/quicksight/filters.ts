import type {
  FilterGroup,
  Filter as QuickSightFilter,
  SheetVisualScopingConfiguration,
} from '@aws-sdk/client-quicksight';
import type { DataSet } from '../../metrics/data-set';
import type { Dimension } from '../../metrics/measure';
import type { Filter } from '../../metrics/query';
import type { Visual } from '../kinds/registry';
import { comparedMeasures, type Dashboard, timeOf } from '../spec';
import { PERIOD } from './calculated-fields';
import { columnOf, DATE_FROM, DATE_TO } from './expression';
import { identifier } from './fields';
import { quickSightKindOf } from './kinds';

/** Filters of a dashboard: of its controls, its range of dates, and those that visuals always have. */
export function filterGroups(dashboard: Dashboard): FilterGroup[] {
  const visuals = dashboard.sheets.flatMap((sheet) => sheet.visuals);
  const dated = dataSetsOf(visuals).flatMap((dataSet): FilterGroup[] => {
    const own = visuals.filter((visual) => visual.dataSet === dataSet && timeOf(visual) !== undefined);
    const compared = own.filter((visual) => comparedMeasures(visual).length > 0);
    const plain = own.filter((visual) => !compared.includes(visual));
    return [
      ...(plain.length > 0 ? [datesGroup(dataSet, scopeOf(dashboard, plain))] : []),
      ...(compared.length > 0 ? [comparedGroup(dataSet, scopeOf(dashboard, compared))] : []),
    ];
  });
  const ofKinds = visuals.flatMap((visual) =>
    (quickSightKindOf(visual).filtersOf?.(visual) ?? []).map((filter) => ownGroup(dashboard, visual, filter)),
  );
  const own = visuals.flatMap((visual) =>
    (visual.where ?? []).map((filter, n) =>
      ownGroup(dashboard, visual, ownFilter(visual.dataSet, filter, `where-${visual.id}-${n}`)),
    ),
  );
  return [...dashboard.controls.map((control) => controlGroup(dashboard, control)), ...dated, ...ofKinds, ...own];
}

/** Data sets of visuals, each once. */
export function dataSetsOf(visuals: readonly Visual[]): DataSet[] {
  return [...new Set(visuals.map(({ dataSet }) => dataSet))];
}

/** Name of the parameter that has what is chosen of a control, on all sheets. */
export function controlParameter({ label }: Dimension): string {
  return label.replace(/ (\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** Of all data sets that have the column. */
function controlGroup({ sheets }: Dashboard, control: Dimension): FilterGroup {
  const id = `control-${control.id.replaceAll('_', '-')}`;
  return {
    FilterGroupId: `${id}-group`,
    CrossDataset: 'ALL_DATASETS',
    Status: 'ENABLED',
    ScopeConfiguration: {
      SelectedSheets: {
        SheetVisualScopingConfigurations: sheets.map((sheet) => ({ SheetId: sheet.id, Scope: 'ALL_VISUALS' })),
      },
    },
    Filters: [
      {
        CategoryFilter: {
          FilterId: id,
          Column: identifier(control.dataSet, columnOf(control)),
          Configuration: {
            CustomFilterConfiguration: {
              MatchOperator: 'EQUALS',
              ParameterName: controlParameter(control),
              SelectAllOptions: 'FILTER_ALL_VALUES',
              NullOption: 'NON_NULLS_ONLY',
            },
          },
        },
      },
    ],
  };
}

/** From one day to another, both included: a range of the column itself, so that Athena reads these days only. */
function datesGroup({ name, time }: DataSet, scope: FilterGroup['ScopeConfiguration']): FilterGroup {
  const id = `dates-${name.replaceAll('_', '-')}`;
  return {
    FilterGroupId: `${id}-group`,
    CrossDataset: 'SINGLE_DATASET',
    Status: 'ENABLED',
    ScopeConfiguration: scope,
    Filters: [
      {
        TimeRangeFilter: {
          FilterId: id,
          Column: identifier(name, time!.name),
          RangeMinimumValue: { Parameter: DATE_FROM },
          RangeMaximumValue: { Parameter: DATE_TO },
          IncludeMinimum: true,
          IncludeMaximum: true,
          TimeGranularity: 'DAY',
          NullOption: 'NON_NULLS_ONLY',
        },
      },
    ],
  };
}

/** Rows of the range of dates and of the time before. */
function comparedGroup({ name }: DataSet, scope: FilterGroup['ScopeConfiguration']): FilterGroup {
  const id = `compared-${name.replaceAll('_', '-')}`;
  return {
    FilterGroupId: `${id}-group`,
    CrossDataset: 'SINGLE_DATASET',
    Status: 'ENABLED',
    ScopeConfiguration: scope,
    Filters: [
      {
        CategoryFilter: {
          FilterId: id,
          Column: identifier(name, PERIOD),
          Configuration: {
            CustomFilterListConfiguration: {
              MatchOperator: 'CONTAINS',
              CategoryValues: ['current', 'before'],
              NullOption: 'NON_NULLS_ONLY',
            },
          },
        },
      },
    ],
  };
}

/** A filter of one visual. */
function ownGroup(dashboard: Dashboard, visual: Visual, filter: QuickSightFilter): FilterGroup {
  const [{ FilterId }] = Object.values(filter) as [{ readonly FilterId: string }];
  return {
    FilterGroupId: `${FilterId}-group`,
    CrossDataset: 'SINGLE_DATASET',
    Status: 'ENABLED',
    ScopeConfiguration: scopeOf(dashboard, [visual]),
    Filters: [filter],
  };
}

function ownFilter({ name }: DataSet, filter: Filter, FilterId: string): QuickSightFilter {
  if ('not' in filter) throw new Error(`${FilterId}: QuickSight cannot exclude rows by a combination of columns`);
  if ('within' in filter) throw new Error(`${FilterId}: a visual is limited to dates by the dashboard, not by itself`);
  if ('in' in filter) {
    const { dimension } = filter;
    const isText = dimension.field.type === 'string';
    const Column = identifier(name, columnOf(dimension));
    if (!isText && filter.in.length === 1)
      return {
        NumericEqualityFilter: {
          FilterId,
          Column,
          Value: Number(filter.in[0]),
          MatchOperator: 'EQUALS',
          NullOption: 'NON_NULLS_ONLY',
        },
      };
    if (!isText || filter.in.some((value) => typeof value !== 'string'))
      throw new Error(`${FilterId}: QuickSight filters by several texts, or by one number or boolean`);
    return {
      CategoryFilter: {
        FilterId,
        Column,
        Configuration: {
          CustomFilterListConfiguration: {
            MatchOperator: 'CONTAINS',
            CategoryValues: filter.in.map(String),
            NullOption: 'NON_NULLS_ONLY',
          },
        },
      },
    };
  }
  const Column = identifier(name, filter.field.name);
  return filter.field.type === 'string'
    ? {
        CategoryFilter: {
          FilterId,
          Column,
          Configuration: {
            CustomFilterListConfiguration: {
              MatchOperator: 'CONTAINS',
              SelectAllOptions: 'FILTER_ALL_VALUES',
              NullOption: 'NON_NULLS_ONLY',
            },
          },
        },
      }
    : {
        NumericRangeFilter: {
          FilterId,
          Column,
          IncludeMinimum: false,
          IncludeMaximum: false,
          SelectAllOptions: 'FILTER_ALL_VALUES',
          NullOption: 'NON_NULLS_ONLY',
        },
      };
}

function scopeOf({ sheets }: Dashboard, visuals: readonly Visual[]): FilterGroup['ScopeConfiguration'] {
  const scopes = sheets.flatMap((sheet): SheetVisualScopingConfiguration[] => {
    const own = sheet.visuals.filter((visual) => visuals.includes(visual));
    return own.length === 0
      ? []
      : [{ SheetId: sheet.id, Scope: 'SELECTED_VISUALS', VisualIds: own.map(({ id }) => id) }];
  });
  return { SelectedSheets: { SheetVisualScopingConfigurations: scopes } };
}
