import { event } from '../lake/events';

/** Records that every engine must split a file into: with their numbers, as single lines. */
export interface DocumentCase {
  readonly name: string;
  readonly text: string;
  readonly records: readonly { readonly number: number; readonly text: string; readonly isCutOff?: boolean }[];
}

const [A, B, C] = ['a', 'b', 'c'].map((id) => event(id)) as [string, string, string];

/** Files that hold JSON in other ways than an event a line, and what looks like it. */
export const documentCases: readonly DocumentCase[] = [
  of('lines', `${A}\n${B}\n`, [1, A], [2, B]),
  of('blank lines', `\n \t\n${A}\r\n\r\n\n${B}`, [3, A], [6, B]),
  of('nothing', ''),
  of('an array on one line', `[${A},${B}]`, [1, A], [2, B]),
  of('an array with spaces', ` [ ${A} ,\t${B} ] \n`, [1, A], [2, B]),
  of('an array with an element a line', `[\n${A},\n${B},\n${C}\n]\n`, [1, A], [2, B], [3, C]),
  of('an array with commas first, and CRLF', `[\r\n${A}\r\n,${B}\r\n]\r\n`, [1, A], [2, B]),
  of('an array with a comma too many', `[${A},${B},]`, [1, A], [2, B]),
  of('an array behind a byte order mark', `\ufeff[${A},\n${B}]`, [1, A], [2, B]),
  of('an array on each line', `[${A},${B}]\n[${C}]\n`, [1, A], [2, B], [3, C]),
  of('an array between lines', `${A}\n[${B}]\n${C}\n`, [1, A], [1, B], [3, C]),
  of('a pretty-printed array', pretty([A, B]), [1, spread(A, '    ')], [2, spread(B, '    ')]),
  of('pretty-printed objects', `${prettyObject(A)}\n${prettyObject(B)}\n`, [1, spread(A)], [8, spread(B)]),
  of('a pretty-printed object between lines', `${A}\n${prettyObject(B)}\n${C}`, [1, A], [2, spread(B)], [9, C]),
  of('brackets and escapes in texts', '[{"a":"]}\\"{["},\n{"b":"\\\\"}]', [1, '{"a":"]}\\"{["}'], [2, '{"b":"\\\\"}']),
  of('other elements', `[${A}, null, 12, "x,]", [1]]`, [1, A], [2, 'null'], [3, '12'], [4, '"x,]"'], [5, '[1]']),
  of('an element that is no JSON', `[${A},{"b":2,},${C}]`, [1, A], [2, '{"b":2,}'], [3, C]),
  of(
    'an element that is broken, up to the end of its line',
    `[${A},\n{"b":1],\n${C}]`,
    [1, A],
    [2, '{"b":1],'],
    [3, C],
  ),
  of('a text without end', `[${A},\n{"b":"x},\n${C}]`, [1, A], [2, '{"b":"x},'], [3, C]),
  of('an element without a comma', `[${A},${B} ${C}\n,${A}]`, [1, A], [2, B], [3, C], [4, A]),
  of('two commas', `[${A},,${B}\n${C}]`, [1, A], [2, `,${B}`], [3, C]),
  of('something behind an array', `[${A}] words\n${B}`, [1, A], [2, ' words'], [2, B]),
  cutOff(
    'an array without end',
    `[${A},\n${B},\n`,
    [
      [1, A],
      [2, B],
    ],
    [3, ''],
  ),
  cutOff('an array that is cut off', `[${A},\n{"event_id":"b","use`, [[1, A]], [2, '{"event_id":"b","use']),
  of('an empty array', '[]\n[ ]\n', [1, '[]'], [2, '[ ]']),
  of('a bracket before lines', `[\n${A}\n${B}\n`, [1, '['], [2, A], [3, B]),
  of('a log', '[INFO] started\n[{bad} line]\n', [1, '[INFO] started'], [2, '[{bad} line]']),
  of('an array of numbers', '[1,\n2]\n', [1, '[1,'], [2, '2]']),
  of(
    'lines that are cut off',
    `${A.slice(0, -1)}\n${B}\n${C.slice(0, 9)}\n${A}`,
    [1, A.slice(0, -1)],
    [2, B],
    [3, C.slice(0, 9)],
    [4, A],
  ),
  of('a brace before lines', `{\n${A}\n${B}\n`, [1, '{'], [2, A], [3, B]),
  of('an object with something behind it', `{\n"a":1\n} x\n${A}`, [1, '{'], [2, '"a":1'], [3, '} x'], [4, A]),
  of('an object that is no JSON', `{\n"a":1,\n}\n${A}`, [1, '{'], [2, '"a":1,'], [3, '}'], [4, A]),
  of('an object without end', '{\n"a":1\n', [1, '{'], [2, '"a":1']),
];

function of(name: string, text: string, ...records: readonly (readonly [number, string])[]): DocumentCase {
  return { name, text, records: records.map(([number, record]) => ({ number, text: record })) };
}

function cutOff(
  name: string,
  text: string,
  records: readonly (readonly [number, string])[],
  [number, last]: readonly [number, string],
): DocumentCase {
  return { name, text, records: [...of(name, text, ...records).records, { number, text: last, isCutOff: true }] };
}

function pretty(events: readonly string[]): string {
  return JSON.stringify(
    events.map((text) => JSON.parse(text) as unknown),
    null,
    2,
  );
}

function prettyObject(text: string): string {
  return JSON.stringify(JSON.parse(text), null, 2);
}

/** A pretty-printed object on one line. */
function spread(text: string, indent = '  '): string {
  return prettyObject(text)
    .replaceAll('\n  ', ` ${indent}`)
    .replaceAll('\n', ` ${indent.slice(2)}`);
}
