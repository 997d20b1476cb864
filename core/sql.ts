/**
 * How values become SQL that DuckDB and Athena read alike. Every value from outside goes through one of these functions: none of
 * them returns anything that could end its place in a statement.
 */

/** Quotes a text. A null character would end the whole statement in DuckDB's interface, so it is put in by its code. */
export function sqlString(value: string): string {
  const parts = value.split('\0').map((part) => `'${part.replaceAll("'", "''")}'`);
  return parts.length === 1 ? parts[0]! : `(${parts.join(' || CHR(0) || ')})`;
}

/** Quotes the name of a column. @throws an Error for a name with a null character, which no column can have. */
export function sqlName(name: string): string {
  if (name.includes('\0')) throw new Error('a column name holds a null character');
  return `"${name.replaceAll('"', '""')}"`;
}

/** Writes a number. @throws an Error for anything else, such as an infinity or a text that looks like a number. */
export function sqlNumber(value: number): string {
  if (typeof value !== 'number' || !Number.isFinite(value))
    throw new Error(`a finite number is expected, not ${JSON.stringify(value) ?? typeof value}`);
  return String(value);
}

/** Writes a whole number between two bounds. @throws an Error for anything else. */
export function sqlInteger(value: number, least: number, most: number): string {
  const text = sqlNumber(value);
  if (!Number.isSafeInteger(value) || value < least || value > most)
    throw new Error(`a whole number from ${least} to ${most} is expected, not ${text}`);
  return text;
}
