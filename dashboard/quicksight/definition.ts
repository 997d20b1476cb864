import type {
  CreateDashboardCommandInput,
  DashboardVersionDefinition,
  GridLayoutElement,
  LayoutElementType,
  SheetDefinition,
} from '@aws-sdk/client-quicksight';
import { type Dashboard, initialDays, type Sheet } from '../spec';
import { DATE_FROM, DATE_TO } from './expression';
import { calculatedFields } from './fields';
import { controlFilterId, dataSetsOf, filterGroups } from './filters';
import { arnOf, dataSetId, idIn, type Place, themeId } from './place';
import { quickSightVisual } from './visuals';

/** A dashboard as QuickSight has it: what `aws quicksight create-dashboard --cli-input-json` takes. */
export function createDashboardInput(dashboard: Dashboard, place: Place, viewer?: string): CreateDashboardCommandInput {
  return {
    AwsAccountId: place.account,
    DashboardId: idIn(place, dashboard.id),
    Name: dashboard.name,
    ...(viewer === undefined ? {} : { Permissions: [{ Principal: viewer, Actions: [...VIEWER_ACTIONS] }] }),
    ThemeArn: arnOf(place, 'theme', themeId(place)),
    Definition: definitionOf(dashboard, place),
  };
}

/** What a viewer of a dashboard needs (AWS, "Granting permissions to a dashboard"). */
export const VIEWER_ACTIONS = [
  'quicksight:DescribeDashboard',
  'quicksight:ListDashboardVersions',
  'quicksight:QueryDashboard',
] as const;

/** The same definition makes a dashboard and an analysis. */
export function definitionOf(dashboard: Dashboard, place: Place): DashboardVersionDefinition {
  const visuals = dashboard.sheets.flatMap((sheet) => sheet.visuals);
  return {
    DataSetIdentifierDeclarations: dataSetsOf(visuals).map(({ name }) => ({
      Identifier: name,
      DataSetArn: arnOf(place, 'dataset', dataSetId(place, name)),
    })),
    CalculatedFields: calculatedFields(visuals, dashboard.controls),
    ParameterDeclarations: [
      dateParameter(DATE_FROM, `addDateTime(-${initialDays - 1}, 'DD', truncDate('DD', now()))`),
      dateParameter(DATE_TO, "truncDate('DD', now())"),
    ],
    FilterGroups: filterGroups(dashboard),
    Sheets: dashboard.sheets.map((sheet) => sheetOf(dashboard, sheet)),
    Options: { Timezone: 'Etc/UTC', WeekStart: 'MONDAY' },
  };
}

function dateParameter(Name: string, Expression: string) {
  return {
    DateTimeParameterDeclaration: {
      Name,
      TimeGranularity: 'DAY',
      DefaultValues: { RollingDate: { Expression } },
    },
  } as const;
}

function sheetOf({ controls }: Dashboard, sheet: Sheet): SheetDefinition {
  const dates = [DATE_FROM, DATE_TO].map((name, n) => ({
    DateTimePicker: {
      ParameterControlId: `${sheet.id}-${name}`,
      Title: n === 0 ? 'From' : 'To',
      SourceParameterName: name,
    },
  }));
  const filters = controls.map((control) => ({
    CrossSheet: {
      FilterControlId: `${sheet.id}-${controlFilterId(control)}`,
      SourceFilterId: controlFilterId(control),
    },
  }));
  const controlElements = [
    ...dates.map(({ DateTimePicker }) => [DateTimePicker.ParameterControlId, 'PARAMETER_CONTROL'] as const),
    ...filters.map(({ CrossSheet }) => [CrossSheet.FilterControlId, 'FILTER_CONTROL'] as const),
  ].map(([id, type], n) => element(id, type, { column: 6 * n, row: 0, columns: 6, rows: 2 }));
  return {
    SheetId: sheet.id,
    Name: sheet.name,
    Title: sheet.name,
    Description: sheet.description,
    ContentType: 'INTERACTIVE',
    ParameterControls: dates,
    FilterControls: filters,
    Visuals: sheet.visuals.map(quickSightVisual),
    Layouts: [
      {
        Configuration: {
          GridLayout: {
            Elements: sheet.visuals.map(({ id, position }) => element(id, 'VISUAL', position)),
            CanvasSizeOptions: {
              ScreenCanvasSizeOptions: { ResizeOption: 'FIXED', OptimizedViewPortWidth: '1600px' },
            },
          },
        },
      },
    ],
    SheetControlLayouts: [{ Configuration: { GridLayout: { Elements: controlElements } } }],
  };
}

function element(
  ElementId: string,
  ElementType: LayoutElementType,
  { column, row, columns, rows }: Sheet['visuals'][number]['position'],
): GridLayoutElement {
  return { ElementId, ElementType, ColumnIndex: column, ColumnSpan: columns, RowIndex: row, RowSpan: rows };
}
