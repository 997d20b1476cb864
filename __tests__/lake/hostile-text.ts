/** A text from elsewhere that a terminal or a spreadsheet would act on. */
export interface HostileText {
  readonly what: string;
  readonly text: string;
  /** How it is shown in a cell, where that is not as it is. */
  readonly shown?: string;
  /** Whether a spreadsheet would run it. @default false */
  readonly isFormula?: boolean;
}

/** Add any that you think of: every printer, every kind of CSV and the SQL in the docs are tried on each. */
export const HOSTILE_TEXTS: readonly HostileText[] = [
  { what: 'a title for the window', text: 'a\u001b]0;pwned\u0007', shown: 'a\\u001b]0;pwned\\u0007' },
  { what: 'a clear screen', text: '\u001b[2J\u001b[H', shown: '\\u001b[2J\\u001b[H' },
  { what: 'a link', text: '\u001b]8;;http://x\u001b\\y', shown: '\\u001b]8;;http://x\\u001b\\y' },
  { what: 'a write to the clipboard', text: '\u001b]52;c;cm0K\u0007', shown: '\\u001b]52;c;cm0K\\u0007' },
  { what: 'a C1 command', text: 'a\u009d0;pwned\u009c', shown: 'a\\u009d0;pwned\\u009c' },
  { what: 'an 8-bit CSI', text: '\u009b31m', shown: '\\u009b31m' },
  { what: 'DEL and backspaces', text: 'rm\u007f\b\b', shown: 'rm\\u007f\\u0008\\u0008' },
  { what: 'a carriage return over the line', text: 'bad\rgood', shown: 'bad\\u000dgood' },
  { what: 'a line that is not ours', text: 'a\nerror: none', shown: 'a\\u000aerror: none' },
  { what: 'a tab', text: 'a\tb', shown: 'a\\u0009b' },
  { what: 'text turned around', text: 'a\u202egpj.exe', shown: 'a\\u202egpj.exe' },
  { what: 'an isolate', text: '\u2066a\u2069', shown: '\\u2066a\\u2069' },
  { what: 'a bell', text: 'a\u0007', shown: 'a\\u0007' },
  { what: 'a formula', text: '=HYPERLINK("http://x","y")', isFormula: true },
  { what: 'a DDE command', text: "=cmd|'/c calc'!A1", isFormula: true },
  { what: 'a formula that starts with plus', text: '+1+1', isFormula: true },
  { what: 'a formula that starts with minus', text: '-1+cmd|x', isFormula: true },
  { what: 'a function', text: '@SUM(1,1)', isFormula: true },
  { what: 'a formula behind a tab', text: '\t=1+1', shown: '\\u0009=1+1', isFormula: true },
  { what: 'a formula behind a carriage return', text: '\r=1+1', shown: '\\u000d=1+1', isFormula: true },
  { what: 'a formula behind a line break', text: '\n=1+1', shown: '\\u000a=1+1', isFormula: true },
  { what: 'a formula behind blanks', text: '  =1+1', isFormula: true },
  { what: 'a full-width formula', text: '＝1+1', isFormula: true },
  { what: 'a formula in quotes', text: '"=1+1"' },
  { what: 'a formula as a second line', text: 'a\n=1+1', shown: 'a\\u000a=1+1' },
  { what: 'a bar of Markdown', text: 'a|b' },
  { what: 'no harm', text: 'ü 😀 \\u001b' },
];

/** Characters that must never reach a terminal from data. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
export const RAW_CONTROLS = /(?!\t|\n|\r\n)[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;
