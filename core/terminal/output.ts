import { once } from 'node:events';
import { styleText } from 'node:util';
import Table from 'cli-table3';
import { type Options, stringify } from 'csv-stringify/sync';
import { SPREADSHEET_CSV } from '../spreadsheet-csv';
import { escapeControls, escapeControlsOfLines } from './escape-controls';
import { info } from './progress';

/** What `--format` takes; `json` is an array of objects. */
export const FORMATS = ['table', 'csv', 'tsv', 'json'] as const;
/** How rows are printed; `--excel` asks for `excel`, csv for spreadsheets, and `--expanded` for a line for each column. */
export type Format = (typeof FORMATS)[number] | 'excel' | 'expanded';

export type Cell = string | number | boolean | null;

/** A cell, or a list, struct or map of a query. */
export type Value = Cell | readonly Value[] | { readonly [name: string]: Value };

/** Rows by chunk, so that a large result is never held whole. */
export interface Rows {
  readonly columns: readonly string[];
  readonly chunks: AsyncIterable<readonly (readonly Value[])[]> | Iterable<readonly (readonly Value[])[]>;
  /** Digits behind the point of columns that are decimals, so that 1.10 is not printed as 1.1. @default none */
  readonly scales?: readonly (number | null)[];
  /** Whether a table shows long text on several lines instead of cutting it. @default false */
  readonly isWrapped?: boolean;
}

/** What a person gets on a terminal, and a program on a pipe. */
export function defaultFormat(): Format {
  return process.stdout.isTTY ? 'table' : 'tsv';
}

/** Most rows that a table shows. */
const TABLE_ROWS = 200;

/** Where output goes. */
export interface Sink {
  /** Whether it shows what it gets, so that control characters have to be escapes. */
  readonly isTerminal: boolean;
  /** Resolves when there is room for more. */
  write(text: string): Promise<void>;
}

const STDOUT: Sink = { isTerminal: process.stdout.isTTY, write };

/** Prints rows; what is for people, tables and expanded rows, goes to standard output. @default standard output */
export async function printRows(rows: Rows, format: Format, sink = STDOUT): Promise<void> {
  switch (format) {
    case 'table':
      return printTable(rows);
    case 'expanded':
      return printExpanded(rows);
    case 'json':
      return printJson(rows, sink);
    case 'excel':
      return printDelimited(rows, SPREADSHEET_CSV, sink);
    default:
      return printDelimited(rows, { delimiter: format === 'csv' ? ',' : '\t', cast: { boolean: String } }, sink);
  }
}

/** A value as one cell: lists, structs and maps as JSON. */
export function flat(value: Value): Cell {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
}

/**
 * A table that fits the terminal: numbers to the right, fractions to four places, headers on two lines where need be, long text cut,
 * or on several lines. Control characters are shown as escapes.
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
  const colWidths = widthsOf(head, texts, isNumeric, width);
  const table = new Table({
    head: head.map((name, n) => (name.length + 2 > colWidths[n]! ? headerLines(name).join('\n') : name)),
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

/** A number, or the text of an amount, such as 1,234, 1234.50 or +0.50. */
function isNumber(value: Cell): boolean {
  return typeof value === 'number' || /^[+-]?(\d{1,3}(,\d{3})*|\d+)(\.\d+)?$/.test(String(value));
}

/** Narrowest that text is cut to, with a blank on either side. */
const NARROWEST = 8;

/** Widths of columns, with a blank on either side: headers take two lines before text is cut; headers and numbers never are. */
function widthsOf(
  head: readonly string[],
  texts: readonly (readonly string[])[],
  isNumeric: readonly boolean[],
  width: number,
): number[] {
  const room = width - head.length - 1;
  const cells = head.map((_, n) => Math.max(0, ...texts.map((row) => row[n]!.length)) + 2);
  const natural = head.map((name, n) => Math.max(name.length + 2, cells[n]!));
  const wrapped = head.map((name) => Math.max(...headerLines(name).map((line) => line.length)) + 2);
  const uncut = narrowed(natural, room, (n) => Math.max(wrapped[n]!, cells[n]!));
  return narrowed(uncut, room, (n) => Math.max(NARROWEST, wrapped[n]!, isNumeric[n] ? cells[n]! : 0));
}

/** Narrows the widest columns, none below its least width, until all fit or none can be narrowed. */
function narrowed(widths: readonly number[], room: number, least: (n: number) => number): number[] {
  const fitted = [...widths];
  for (let excess = sumOf(fitted) - room; excess > 0; excess--) {
    const widest = fitted.reduce(
      (found, width, n) => (width > least(n) && (found < 0 || width > fitted[found]!) ? n : found),
      -1,
    );
    if (widest < 0) break;
    fitted[widest]!--;
  }
  return fitted;
}

function sumOf(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, 0);
}

/** A name on two lines that are as short as can be, broken between words if it has several. */
function headerLines(name: string): string[] {
  const ends = [...name.matchAll(/[_\s.-]+(?=[^_\s.-])/g)].map(({ index, 0: gap }) => index + gap.length);
  const longest = (at: number): number => Math.max(at, name.length - at);
  const at = ends.sort((a, b) => longest(a) - longest(b))[0] ?? Math.ceil(name.length / 2);
  return [name.slice(0, at).trimEnd(), name.slice(at)];
}

/** Breaks words that are longer than a line, which a table would cut. */
function broken(text: string, width: number): string {
  return text.replace(new RegExp(`\\S{${width}}(?=\\S)`, 'g'), '$&\n');
}

/** The rows that are shown to a person, and how many there are. */
async function firstRows({ chunks, scales = [] }: Rows): Promise<{ shown: Cell[][]; count: number }> {
  const shown: Cell[][] = [];
  let count = 0;
  for await (const chunk of chunks) {
    shown.push(...chunk.slice(0, Math.max(0, TABLE_ROWS - count)).map((row) => cellsOf(row, scales)));
    count += chunk.length;
  }
  return { shown, count };
}

async function printTable(rows: Rows): Promise<void> {
  const { columns, isWrapped } = rows;
  const { shown, count } = await firstRows(rows);
  const table = tableOf(columns, shown, { isWrapped });
  const fits = table.slice(0, table.indexOf('\n')).length <= terminalWidth();
  await write(`${fits ? table : expandedOf(columns, shown)}\n`);
  if (!fits)
    info(`${columns.length} columns don't fit into ${terminalWidth()} characters: printing one column per line`);
  sayIfCut(count);
}

async function printExpanded(rows: Rows): Promise<void> {
  const { shown, count } = await firstRows(rows);
  await write(`${expandedOf(rows.columns, shown)}\n`);
  sayIfCut(count);
}

function sayIfCut(count: number): void {
  if (count > TABLE_ROWS) info(`${TABLE_ROWS} of ${count} rows: all of them with --format csv, tsv or json`);
}

/** Rows with a line for each column, as psql's `\x` prints them. Control characters are shown as escapes. */
export function expandedOf(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const names = columns.map(escapeControls);
  const width = Math.max(0, ...names.map((name) => name.length));
  if (rows.length === 0) return 'no rows';
  return rows
    .flatMap((row, n) => [
      `── row ${n + 1} ──`,
      ...names.map((name, column) => `${name.padEnd(width)} │ ${cellText(row[column]!)}`.trimEnd()),
    ])
    .join('\n');
}

/** The values of a row as cells; decimals as text with all their digits. */
function cellsOf(row: readonly Value[], scales: readonly (number | null)[]): Cell[] {
  return row.map((value, n) => {
    const scale = scales[n] ?? null;
    return typeof value === 'number' && scale !== null ? value.toFixed(scale) : flat(value);
  });
}

async function printDelimited({ columns, chunks, scales = [] }: Rows, options: Options, sink: Sink): Promise<void> {
  await sink.write(stringify([shown(columns)], options));
  for await (const chunk of chunks)
    await sink.write(
      stringify(
        chunk.map((row) => shown(cellsOf(row, scales))),
        { ...options, bom: false },
      ),
    );

  /** A terminal gets line breaks and tabs of a cell as escapes too, so that they are none between cells. */
  function shown(cells: readonly Cell[]): Cell[] {
    return cells.map((cell) => (sink.isTerminal && typeof cell === 'string' ? escapeControls(cell) : cell));
  }
}

async function printJson({ columns, chunks }: Rows, sink: Sink): Promise<void> {
  let before = '[';
  for await (const chunk of chunks) {
    const objects = chunk.map((row) => jsonOf(Object.fromEntries(columns.map((name, n) => [name, row[n]]))));
    if (objects.length === 0) continue;
    await sink.write(`${before}\n${objects.join(',\n')}`);
    before = ',';
  }
  await sink.write(before === '[' ? '[]\n' : '\n]\n');
}

/** JSON on one line, in which control characters that JSON allows raw are escapes too: it reads back as the same. */
function jsonOf(value: unknown): string {
  return escapeControls(JSON.stringify(value));
}

async function writeRaw(text: string): Promise<void> {
  if (!process.stdout.write(text)) await once(process.stdout, 'drain');
}
