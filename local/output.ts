import { once } from 'node:events';
import { styleText } from 'node:util';
import Table from 'cli-table3';
import { type Options, stringify } from 'csv-stringify/sync';
import { SPREADSHEET_CSV } from '../dashboard/spreadsheet-csv';
import { escapeControls, escapeControlsOfLines } from './escape-controls';
import { say } from './progress';

/** What `--format` takes; `json` is an array of objects. */
export const FORMATS = ['table', 'csv', 'tsv', 'json'] as const;
/** How rows are printed; `excel` is csv for spreadsheets, which `--excel` asks for. */
export type Format = (typeof FORMATS)[number] | 'excel';

export type Cell = string | number | boolean | null;

/** Rows by chunk, so that a large result is never held whole. */
export interface Rows {
  readonly columns: readonly string[];
  readonly chunks: AsyncIterable<readonly (readonly Cell[])[]> | Iterable<readonly (readonly Cell[])[]>;
  /** Whether a table shows long text on several lines instead of cutting it. @default false */
  readonly isWrapped?: boolean;
}

/** What a person gets on a terminal, and a program on a pipe. */
export function defaultFormat(): Format {
  return process.stdout.isTTY ? 'table' : 'tsv';
}

/** Most rows that a table shows. */
const TABLE_ROWS = 200;

export async function printRows(rows: Rows, format: Format): Promise<void> {
  switch (format) {
    case 'table':
      return printTable(rows);
    case 'json':
      return printJson(rows);
    case 'excel':
      return printDelimited(rows, SPREADSHEET_CSV);
    default:
      return printDelimited(rows, { delimiter: format === 'csv' ? ',' : '\t', cast: { boolean: String } });
  }
}

/**
 * A table that fits the terminal: numbers to the right, fractions to four places, long text cut, or on several lines. Control
 * characters are shown as escapes.
 */
export function tableOf(
  columns: readonly string[],
  rows: readonly (readonly Cell[])[],
  { width = terminalWidth(), isWrapped = false } = {},
): string {
  const head = columns.map(escapeControls);
  const texts = rows.map((row) => row.map(cellText));
  const isNumeric = columns.map(
    (_, n) => rows.some((row) => isNumber(row[n]!)) && rows.every((row) => row[n] === null || isNumber(row[n]!)),
  );
  const natural = head.map((name, n) => Math.max(name.length, ...texts.map((row) => row[n]!.length)) + 2);
  const colWidths = narrowed(natural, width - columns.length - 1);
  const table = new Table({
    head,
    colWidths,
    colAligns: isNumeric.map((numeric) => (numeric ? 'right' : 'left')),
    style: { head: [], border: [], compact: !isWrapped },
    wordWrap: isWrapped,
  });
  table.push(...(isWrapped ? texts.map((row) => row.map((text, n) => broken(text, colWidths[n]! - 2))) : texts));
  return table.toString();
}

/** A table of Markdown; control characters are shown as escapes. */
export function markdownOf(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const lines = [columns.map(escapeControls), columns.map(() => '---'), ...rows.map((row) => row.map(cellText))];
  return lines.map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`).join('\n');
}

/** A whole number as people read it, such as 1,234. */
export function count(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 0 });
}

export function terminalWidth(): number {
  return Math.max(40, process.stdout.columns ?? 100);
}

/**
 * Writes to standard output and waits while it is full. A terminal gets control characters as escapes, but for tabs and line
 * breaks; a pipe gets the text as it is.
 */
export async function write(text: string): Promise<void> {
  await writeRaw(process.stdout.isTTY ? escapeControlsOfLines(text) : text);
}

/** Writes a heading to standard output: in bold on a terminal. */
export async function writeHeading(text: string): Promise<void> {
  if (!process.stdout.isTTY) return write(`\n${text}\n`);
  await writeRaw(`\n${styleText('bold', escapeControls(text))}\n`);
}

function cellText(value: Cell): string {
  if (value === null) return '';
  if (typeof value === 'number' && !Number.isInteger(value)) return value.toFixed(4);
  return escapeControls(String(value));
}

/** A number, or the text of an amount, such as 1,234 or +0.50. */
function isNumber(value: Cell): boolean {
  return typeof value === 'number' || /^[+-]?\d{1,3}(,\d{3})*(\.\d+)?$/.test(String(value));
}

/** Narrows the widest columns until all fit. */
function narrowed(widths: readonly number[], room: number): number[] {
  const fitted = [...widths];
  for (let excess = fitted.reduce((sum, width) => sum + width, 0) - room; excess > 0; excess--) {
    const widest = fitted.indexOf(Math.max(...fitted));
    if (fitted[widest]! <= 8) break;
    fitted[widest]!--;
  }
  return fitted;
}

/** Breaks words that are longer than a line, which a table would cut. */
function broken(text: string, width: number): string {
  return text.replace(new RegExp(`\\S{${width}}(?=\\S)`, 'g'), '$&\n');
}

async function printTable({ columns, chunks, isWrapped }: Rows): Promise<void> {
  const shown: (readonly Cell[])[] = [];
  let count = 0;
  for await (const chunk of chunks) {
    shown.push(...chunk.slice(0, Math.max(0, TABLE_ROWS - count)));
    count += chunk.length;
  }
  await write(`${tableOf(columns, shown, { isWrapped })}\n`);
  if (count > TABLE_ROWS) say(`${TABLE_ROWS} of ${count} rows: all of them with --format csv, tsv or json`);
}

async function printDelimited({ columns, chunks }: Rows, options: Options): Promise<void> {
  await write(stringify([shown(columns)], options));
  for await (const chunk of chunks) await write(stringify(chunk.map(shown), { ...options, bom: false }));

  /** A terminal gets line breaks and tabs of a cell as escapes too, so that they are none between cells. */
  function shown(cells: readonly Cell[]): Cell[] {
    return cells.map((cell) => (process.stdout.isTTY && typeof cell === 'string' ? escapeControls(cell) : cell));
  }
}

async function printJson({ columns, chunks }: Rows): Promise<void> {
  let before = '[';
  for await (const chunk of chunks) {
    const objects = chunk.map((row) => jsonOf(Object.fromEntries(columns.map((name, n) => [name, row[n]]))));
    if (objects.length === 0) continue;
    await write(`${before}\n${objects.join(',\n')}`);
    before = ',';
  }
  await write(before === '[' ? '[]\n' : '\n]\n');
}

/** JSON on one line, in which control characters that JSON allows raw are escapes too: it reads back as the same. */
function jsonOf(value: unknown): string {
  return escapeControls(JSON.stringify(value));
}

async function writeRaw(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
}
