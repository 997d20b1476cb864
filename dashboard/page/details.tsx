import { stringify } from 'csv-stringify/browser/esm/sync';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { SPREADSHEET_CSV } from '../../core/spreadsheet-csv';
import type { Visual } from '../kinds/registry';
import type { Cell, Rows } from '../protocol';
import { dimensionsOf } from '../spec';

interface DetailsProps {
  readonly visual: Visual;
  readonly rows: Rows;
  readonly png: (() => string) | undefined;
  readonly onMark: ((values: Readonly<Record<string, Cell>>) => void) | undefined;
  readonly onClose: () => void;
}

/** More rows are in the CSV. */
const MOST_SHOWN = 1000;

/** The rows of a visual, the query that gave them, and both to take away. */
export function Details({ visual, rows, png, onMark, onClose }: DetailsProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [tab, setTab] = useState<'data' | 'sql'>('data');
  const [isCopied, setCopied] = useState(false);
  useLayoutEffect(() => dialog.current!.showModal(), []);
  const keys = dimensionsOf(visual)
    .map(({ id }) => id)
    .filter((id) => rows.columns.includes(id));
  const shown = rows.rows.slice(0, MOST_SHOWN);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(rows.sql);
    setCopied(true);
  };
  return (
    <dialog ref={dialog} class="details" aria-label={`${visual.title}: data`} onClose={onClose}>
      <header>
        <h2>{visual.title}</h2>
        <div class="tabs" role="tablist">
          <button type="button" role="tab" aria-selected={tab === 'data'} onClick={() => setTab('data')}>
            Data
          </button>
          <button type="button" role="tab" aria-selected={tab === 'sql'} onClick={() => setTab('sql')}>
            SQL
          </button>
        </div>
        <button type="button" class="quiet" onClick={() => download(csvOf(rows), 'text/csv', `${visual.id}.csv`)}>
          CSV
        </button>
        <button
          type="button"
          class="quiet"
          onClick={() => save((png ?? (() => drawTable(visual, rows)))(), `${visual.id}.png`)}
        >
          PNG
        </button>
        <button type="button" class="quiet" aria-label="Close" onClick={() => dialog.current!.close()}>
          ✕
        </button>
      </header>
      {tab === 'data' ? (
        <div class="scroll" role="tabpanel">
          <table>
            <thead>
              <tr>
                {rows.columns.map((name) => (
                  <th key={name} scope="col">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {shown.map((row, n) => (
                <tr key={n}>
                  {row.map((value, m) => (
                    <td
                      key={rows.columns[m]}
                      class={typeof value === 'number' ? 'number' : ''}
                      data-value={JSON.stringify(value)}
                    >
                      {m === 0 && keys.length > 0 && onMark ? (
                        <button
                          type="button"
                          class="mark"
                          onClick={() => {
                            onMark(Object.fromEntries(keys.map((key) => [key, row[rows.columns.indexOf(key)]!])));
                            dialog.current!.close();
                          }}
                        >
                          {value === null ? '(none)' : String(value)}
                        </button>
                      ) : value === null ? (
                        '(none)'
                      ) : (
                        String(value)
                      )}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
          {rows.rows.length > MOST_SHOWN && (
            <p class="muted">
              The first {MOST_SHOWN} of {rows.rows.length} rows: the CSV has all.
            </p>
          )}
        </div>
      ) : (
        <div class="scroll" role="tabpanel">
          <p>
            <button type="button" class="quiet" onClick={copy}>
              {isCopied ? 'Copied' : 'Copy'}
            </button>{' '}
            <span class="muted">Runs as it is in Athena and in "clickstream query".</span>
          </p>
          <pre>{rows.sql}</pre>
        </div>
      )}
    </dialog>
  );
}

function csvOf({ columns, rows }: Rows): string {
  return stringify([columns, ...rows] as Cell[][], SPREADSHEET_CSV);
}

function download(text: string, type: string, name: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  save(url, name);
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

function save(url: string, name: string): void {
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
}

/** Rows as a picture, for visuals that are no chart. */
function drawTable(visual: Visual, { columns, rows }: Rows): string {
  const [line, padding, shown] = [26, 20, rows.slice(0, 40)];
  const texts = [columns, ...shown.map((row) => row.map((value) => (value === null ? '(none)' : String(value))))];
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d')!;
  const font = '14px system-ui, sans-serif';
  context.font = font;
  const widths = columns.map((_, n) => Math.max(...texts.map((row) => context.measureText(row[n]!).width)) + padding);
  canvas.width = 2 * Math.max(300, padding * 2 + widths.reduce((sum, width) => sum + width, 0));
  canvas.height = 2 * (line * (texts.length + 1) + padding * 2);
  context.scale(2, 2);
  context.fillStyle = '#ffffff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = '#1b2430';
  context.font = `600 16px system-ui, sans-serif`;
  context.fillText(visual.title, padding, padding + 14);
  context.font = font;
  texts.forEach((row, y) => {
    let x = padding;
    row.forEach((text, n) => {
      context.fillText(text, x, padding + line * (y + 2));
      x += widths[n]!;
    });
  });
  return canvas.toDataURL();
}
