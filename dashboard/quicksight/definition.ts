import type {
  CreateAnalysisCommandInput,
  CreateDashboardCommandInput,
  DashboardVersionDefinition,
  GridLayoutElement,
  LayoutElementType,
  ParameterDeclaration,
  SheetDefinition,
} from '@aws-sdk/client-quicksight';
import { INITIAL_DAYS } from '../../core/limits';
import type { Dimension } from '../../metrics/measure';
import type { Position } from '../kinds/kind';
import { type Dashboard, GRID_COLUMNS, type Sheet } from '../spec';
import { calculatedFields } from './calculated-fields';
import { columnOf, DATE_FROM, DATE_TO } from './expression';
import { identifier } from './fields';
import { controlParameter, dataSetsOf, filterGroups } from './filters';
import { arnOf, dataSetId, idIn, type QuickSightTarget, themeId, titleIn } from './target';
import { quickSightVisual } from './visuals';

/** A dashboard as QuickSight has it: what `aws quicksight create-dashboard --cli-input-json` takes. */
export function createDashboardInput(dashboard: Dashboard, target: QuickSightTarget): CreateDashboardCommandInput {
  return {
    AwsAccountId: target.account,
    DashboardId: idIn(target, dashboard.id),
    Name: titleIn(target, dashboard.name),
    ThemeArn: arnOf(target, 'theme', themeId(target)),
    Definition: definitionOf(dashboard, target),
  };
}

/** A dashboard as something to work on. */
export function createAnalysisInput({ DashboardId, ...rest }: CreateDashboardCommandInput): CreateAnalysisCommandInput {
  return { AnalysisId: DashboardId, ...rest };
}

/** The same definition makes a dashboard and an analysis. */
export function definitionOf(dashboard: Dashboard, target: QuickSightTarget): DashboardVersionDefinition {
  const visuals = dashboard.sheets.flatMap((sheet) => sheet.visuals);
  return {
    DataSetIdentifierDeclarations: dataSetsOf(visuals).map(({ name }) => ({
      Identifier: name,
      DataSetArn: arnOf(target, 'dataset', dataSetId(target, name)),
    })),
    CalculatedFields: calculatedFields(visuals, dashboard.controls),
    ParameterDeclarations: [
      dateParameter(DATE_FROM, `addDateTime(-${INITIAL_DAYS - 1}, 'DD', truncDate('DD', now()))`),
      dateParameter(DATE_TO, "truncDate('DD', now())"),
      ...dashboard.controls.map(choiceParameter),
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

/** Several texts; none chosen is all. */
function choiceParameter(control: Dimension): ParameterDeclaration {
  return {
    StringParameterDeclaration: {
      Name: controlParameter(control),
      ParameterValueType: 'MULTI_VALUED',
      DefaultValues: { StaticValues: [] },
      ValueWhenUnset: { ValueWhenUnsetOption: 'RECOMMENDED_VALUE' },
    },
  };
}

function sheetOf({ controls }: Dashboard, sheet: Sheet): SheetDefinition {
  const dates = [DATE_FROM, DATE_TO].map((name, n) => ({
    DateTimePicker: {
      ParameterControlId: `${sheet.id}-${name}`,
      Title: n === 0 ? 'From' : 'To',
      SourceParameterName: name,
    },
  }));
  const choices = controls.map((control) => ({
    Dropdown: {
      ParameterControlId: `${sheet.id}-${controlParameter(control)}`,
      Title: control.label,
      SourceParameterName: controlParameter(control),
      Type: 'MULTI_SELECT' as const,
      SelectableValues: { LinkToDataSetColumn: identifier(control.dataSet, columnOf(control)) },
      DisplayOptions: { SelectAllOptions: { Visibility: 'VISIBLE' as const } },
    },
  }));
  const controlElements = [
    ...dates.map(({ DateTimePicker }) => DateTimePicker.ParameterControlId),
    ...choices.map(({ Dropdown }) => Dropdown.ParameterControlId),
  ].map((id, n) => element(id, 'PARAMETER_CONTROL', controlPosition(n)));
  return {
    SheetId: sheet.id,
    Name: sheet.name,
    Title: sheet.name,
    Description: sheet.description,
    ContentType: 'INTERACTIVE',
    ParameterControls: [...dates, ...choices],
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

/** Cells of the grid that a control takes. */
const CONTROL = { columns: 6, rows: 2 } as const;

/** Controls from left to right, in as many rows as they need. */
function controlPosition(n: number): Position {
  const perRow = Math.floor(GRID_COLUMNS / CONTROL.columns);
  return { column: CONTROL.columns * (n % perRow), row: CONTROL.rows * Math.floor(n / perRow), ...CONTROL };
}

function element(
  ElementId: string,
  ElementType: LayoutElementType,
  { column, row, columns, rows }: Position,
): GridLayoutElement {
  return { ElementId, ElementType, ColumnIndex: column, ColumnSpan: columns, RowIndex: row, RowSpan: rows };
}
