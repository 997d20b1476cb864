import type { Visual as QuickSightVisual, VisualTitleLabelOptions } from '@aws-sdk/client-quicksight';
import type { Visual } from '../kinds/registry';
import { comparedMeasures, measuresOf } from '../spec';
import { measureField, type ShownMeasure, shown } from './fields';
import { quickSightKindOf } from './kinds';

/** A visual as QuickSight has it. */
export function quickSightVisual(visual: Visual): QuickSightVisual {
  const measures = shownMeasures(visual);
  return quickSightKindOf(visual).emit(visual, {
    common: { VisualId: visual.id, Title: label(visual.title), Subtitle: label(visual.note) },
    shown: measures,
    values: measures.map((each) => measureField(visual, each)),
  });
}

/** What a visual shows of its measures, in order. */
export function shownMeasures(visual: Visual): ShownMeasure[] {
  const kind = quickSightKindOf(visual);
  return kind.shownMeasuresOf?.(visual, comparedMeasures(visual)) ?? shown('all', measuresOf(visual));
}

function label(text: string | undefined): VisualTitleLabelOptions {
  return text === undefined ? { Visibility: 'HIDDEN' } : { Visibility: 'VISIBLE', FormatText: { PlainText: text } };
}
