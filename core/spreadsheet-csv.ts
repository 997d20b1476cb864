/** Text that a spreadsheet would run, also behind blanks; full-width signs count as the others do. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: spreadsheets pass over them
const FORMULA = /^([\u0000-\u0020]*[=+\-@＝＋－＠]|[\t\r\n])/;

/** Numbers that are too long for a number of JavaScript come as text, and must stay numbers. */
const NEGATIVE_NUMBER = /^-\d+(\.\d+)?$/;

/** Puts `'` before text that a spreadsheet would run as a formula; other text is returned as it is. */
export function escapeFormula(text: string): string {
  return FORMULA.test(text) && !NEGATIVE_NUMBER.test(text) ? `'${text}` : text;
}

/**
 * Options of csv-stringify for a CSV that a person opens in a spreadsheet: no cell is run, and Excel reads it as UTF-8. Its own
 * `escape_formulas` would pass over formulas behind blanks or a line break, and turn long negative numbers into text.
 */
export const SPREADSHEET_CSV = {
  bom: true,
  record_delimiter: 'windows',
  quote_record_delimiter: true, // else a lone line break in a cell would begin a row
  cast: { string: escapeFormula, boolean: String },
} as const;
