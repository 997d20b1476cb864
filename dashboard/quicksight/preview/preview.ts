import type { Dashboard } from '../../spec';
import type { NamedDefinition } from '../definition-file';
import { type PreviewOptions, scopeOf } from './scope';
import { type PreviewedVisual, previewSheet } from './sheets';

export interface Preview {
  readonly dashboard: Dashboard;
  readonly visuals: readonly PreviewedVisual[];
}

/** A definition on local data: the page's dashboard, and of each visual the SQL that QuickSight's semantics amount to. Throws an Error that names a parameter or data set which is not there. */
export function preview({ name, definition }: NamedDefinition, options: PreviewOptions): Preview {
  const scope = scopeOf(definition, options);
  const sheets = (definition.Sheets ?? []).map((sheet) => previewSheet(sheet, scope));
  const visuals = sheets.flatMap(({ visuals }) => visuals);
  return {
    visuals,
    dashboard: {
      id: 'preview',
      name,
      controls: [],
      sheets: sheets.map(({ sheet, visuals: own }) => ({
        id: sheet.SheetId!,
        name: sheet.Name ?? sheet.SheetId!,
        description: sheet.Description ?? '',
        visuals: own.flatMap(({ drawn }) => (drawn ? [drawn.visual] : [])),
      })),
    },
  };
}
