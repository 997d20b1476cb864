import { sqlString } from '../../core/sql';
import { eventFields, MAX_EVENT_BYTES } from '../../schema/event';

/** Every known field as text, for json_transform. */
const SHAPE = JSON.stringify(Object.fromEntries(eventFields.map(({ name }) => [name, 'VARCHAR'])));

/** SQL of a line's known fields, each as text. It fails on a line that is no JSON. */
export function fieldsOf(line: string): string {
  return `json_transform(${line}, '${SHAPE}')`;
}

/**
 * SQL that reads `line` and `filename` of files, given as an expression for the list of their paths. The strict one fails at the
 * first line that can't be an event's text; the other leaves such lines out.
 */
export function linesOf(paths: string, compression: 'none' | 'gzip', isStrict = true): string {
  // Not strict, text goes on behind a delimiter as another column, so it must be one that no text has.
  const how = isStrict ? "delim = '\x01'" : "delim = '\x01\x02\x03\x04', strict_mode = false, ignore_errors = true";
  return `read_csv(${paths}, columns = {'line': 'VARCHAR'}, auto_detect = false, header = false, filename = true,
    ${how}, quote = '', escape = '', new_line = '\\n', max_line_size = ${MAX_EVENT_BYTES}, compression = '${compression}')`;
}

/** SQL for a list of paths, each as a pattern that matches nothing else: DuckDB takes every path for a glob. */
export function pathList(paths: readonly string[]): string {
  return `[${paths.map((path) => sqlString(pathPattern(path))).join(', ')}]`;
}

/** A path as a pattern that matches nothing else. */
export function pathPattern(path: string): string {
  return path.replace(/[*?[]/g, '[$&]');
}
