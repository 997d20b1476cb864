import type { Visual as QuickSightVisual, SheetDefinition, VisualTitleLabelOptions } from '@aws-sdk/client-quicksight';
import type { Position } from '../../kinds/kind';
import { at, GRID_COLUMNS } from '../../spec';
import { typeOf } from '../kinds';
import { printable } from '../printable';
import { type Drawn, draw } from './draw';
import type { PreviewScope } from './scope';

/** A visual of a definition: how it is drawn, or why it can't be. */
export interface PreviewedVisual {
  readonly sheet: string;
  readonly id: string;
  readonly title: string;
  /** As AWS calls it, such as `BarChartVisual`. */
  readonly type: string;
  readonly drawn?: Drawn;
  readonly reason?: string;
}

/** How much of a reason is told. */
const MOST_REASON = 500;

/** A sheet, and each of its elements as it is drawn, or why it can't be. */
export function previewSheet(sheet: SheetDefinition, scope: PreviewScope) {
  const positions = positionsOf(sheet);
  const visuals = (sheet.Visuals ?? []).map((item, n) =>
    previewVisual(item, positions.get(idOf(item)) ?? defaultPosition(n), sheet, scope),
  );
  return { sheet, visuals: [...visuals, ...otherElements(sheet)] };
}

/** What every visual has. */
interface Body {
  readonly VisualId: string;
  readonly Title?: VisualTitleLabelOptions;
  readonly Subtitle?: VisualTitleLabelOptions;
}

function idOf(item: QuickSightVisual): string {
  const [, body] = typeOf(item);
  return (body as Body).VisualId;
}

function previewVisual(
  item: QuickSightVisual,
  position: Position,
  sheet: SheetDefinition,
  scope: PreviewScope,
): PreviewedVisual {
  const [type, body] = typeOf(item);
  const { VisualId: id, Title, Subtitle } = body as Body;
  const about = { sheet: nameOf(sheet), id, title: textOf(Title) ?? id, type };
  try {
    const note = textOf(Subtitle);
    const common = { id, title: about.title, position, ...(note ? { note } : {}) };
    return { ...about, drawn: draw(item, common, sheet, scope) };
  } catch (error) {
    return { ...about, reason: printable((error as Error).message, MOST_REASON) };
  }
}

function otherElements(sheet: SheetDefinition): PreviewedVisual[] {
  const { TextBoxes = [], Images = [] } = sheet;
  return [
    ...TextBoxes.map(({ SheetTextBoxId }) => ({ id: SheetTextBoxId!, type: 'TextBox' })),
    ...Images.map(({ SheetImageId }) => ({ id: SheetImageId!, type: 'Image' })),
  ].map(({ id, type }) => ({ sheet: nameOf(sheet), id, title: id, type, reason: 'is no visual of data' }));
}

function nameOf({ Name, SheetId }: SheetDefinition): string {
  return Name ?? SheetId!;
}

/** Two in a row. */
function defaultPosition(n: number): Position {
  return at((n % 2) * (GRID_COLUMNS / 2), Math.floor(n / 2) * 8, GRID_COLUMNS / 2, 8);
}

function positionsOf({ Layouts = [] }: SheetDefinition): Map<string, Position> {
  const elements = Layouts[0]?.Configuration?.GridLayout?.Elements ?? [];
  return new Map(
    elements.map(({ ElementId, ColumnIndex = 0, RowIndex = 0, ColumnSpan, RowSpan }) => [
      ElementId!,
      at(Number(ColumnIndex), Number(RowIndex), ColumnSpan!, RowSpan!),
    ]),
  );
}

function textOf({ Visibility, FormatText }: VisualTitleLabelOptions = {}): string | undefined {
  if (Visibility === 'HIDDEN') return undefined;
  return FormatText?.PlainText ?? FormatText?.RichText?.replace(/<[^<>]*>/g, '').trim();
}
