import { stringify } from 'csv-stringify/browser/esm/sync';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { SPREADSHEET_CSV } from '../../core/spreadsheet-csv';
import type { Visual } from '../kinds/registry';
import type { Cell, Rows } from '../protocol';
import { dimensionsOf } from '../spec';
import { drawTable, textOf } from './table-picture';

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
        <DataPanel
          visual={visual}
          rows={rows}
          onMark={
            onMark &&
            ((values) => {
              onMark(values);
              dialog.current!.close();
            })
          }
        />
      ) : (
        <SqlPanel sql={rows.sql} isCopied={isCopied} onCopied={() => setCopied(true)} />
      )}
    </dialog>
  );
}

interface DataPanelProps {
  readonly visual: Visual;
  readonly rows: Rows;
  readonly onMark: DetailsProps['onMark'];
}

/** The first rows as a table, whose first column can be clicked as the visual can. */
function DataPanel({ visual, rows: { columns, rows }, onMark }: DataPanelProps) {
  const keys = dimensionsOf(visual)
    .map(({ id }) => id)
    .filter((id) => columns.includes(id));
  const valuesOf = (row: readonly Cell[]) => Object.fromEntries(keys.map((key) => [key, row[columns.indexOf(key)]!]));
  return (
    <div class="scroll" role="tabpanel">
      <table>
        <thead>
          <tr>
            {columns.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, MOST_SHOWN).map((row, n) => (
            <tr key={n}>
              {row.map((value, m) => (
                <DataCell
                  key={columns[m]}
                  value={value}
                  onMark={m === 0 && keys.length > 0 && onMark ? () => onMark(valuesOf(row)) : undefined}
                />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > MOST_SHOWN && (
        <p class="muted">
          The first {MOST_SHOWN} of {rows.length} rows: the CSV has all.
        </p>
      )}
    </div>
  );
}

function DataCell({ value, onMark }: { readonly value: Cell; readonly onMark: (() => void) | undefined }) {
  return (
    <td class={typeof value === 'number' ? 'number' : ''} data-value={JSON.stringify(value)}>
      {onMark ? (
        <button type="button" class="mark" onClick={onMark}>
          {textOf(value)}
        </button>
      ) : (
        textOf(value)
      )}
    </td>
  );
}

interface SqlPanelProps {
  readonly sql: string;
  readonly isCopied: boolean;
  readonly onCopied: () => void;
}

function SqlPanel({ sql, isCopied, onCopied }: SqlPanelProps) {
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(sql);
    onCopied();
  };
  return (
    <div class="scroll" role="tabpanel">
      <p>
        <button type="button" class="quiet" onClick={copy}>
          {isCopied ? 'Copied' : 'Copy'}
        </button>{' '}
        <span class="muted">Runs as it is in Athena and in "clickstream query".</span>
      </p>
      <pre>{sql}</pre>
    </div>
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
