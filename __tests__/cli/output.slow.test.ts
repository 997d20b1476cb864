import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { PROJECT } from '../../core/project';
import { escapeFormula } from '../../core/spreadsheet-csv';
import { FORMATS } from '../../core/terminal/output';
import { clickstream, type Ended, start } from '../../support/processes';
import { type TemporaryLake, temporaryLake } from '../../support/temporary-lake';
import { HOSTILE_TEXTS, RAW_CONTROLS } from '../lake/hostile-text';

const TITLE = '\u001b]0;pwned\u0007';
const SHOWN_TITLE = '\\u001b]0;pwned\\u0007';
const QUERY = 'SELECT event_id, user_id FROM clickstream_db.clickstream_table ORDER BY event_id';

let lake: TemporaryLake;

beforeAll(async () => {
  lake = temporaryLake(`lake${TITLE}`);
  const events = HOSTILE_TEXTS.map(({ text }, n) => ({
    event_id: `${100 + n}${TITLE}`,
    event_type: 'click',
    user_id: text,
    user_action: 'home_page',
    timestamp: 1_768_000_000 + n,
  }));
  lake.land('hostile-0000.ndjson', events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  lake.land('failed-0000.ndjson', `no event ${TITLE}\n`);
  await lake.transform();
});
afterAll(() => lake.remove());

describe('on a terminal', () => {
  test('all that a program writes is seen here as it is', async () => {
    const { stdout } = await onTerminal('printf', `a${TITLE.replace('\u001b', '\\033').replace('\u0007', '\\007')}`);
    expect(stdout).toBe(`a${TITLE}`);
    expect(stdout).toMatch(RAW_CONTROLS);
  });

  test.each([[[]], [['--excel']], ...FORMATS.map((format) => [['--format', format]])])(
    'query with %j shows control characters as escapes',
    async (flags) => {
      const { code, stdout } = await clickstreamOnTerminal('query', '--lake', lake.root, ...flags, QUERY);
      expect(stdout).not.toMatch(RAW_CONTROLS);
      expect(stdout.split(SHOWN_TITLE)).toHaveLength(HOSTILE_TEXTS.length + 2); // the window's title is in a user too
      expect(code).toBe(0);
    },
  );

  test('names of columns are shown so too', async () => {
    for (const format of FORMATS) {
      const sql = `SELECT 1 AS "a${TITLE}"`;
      const { stdout } = await clickstreamOnTerminal('query', '--lake', lake.root, '--format', format, sql);
      expect(stdout).not.toMatch(RAW_CONTROLS);
      expect(stdout).toContain(`a${SHOWN_TITLE}`);
    }
  });

  test.each([
    ['an option that is none', ['query', `--nme${TITLE}`], 2],
    ['a value of an option', ['query', '--format', `x${TITLE}`, 'SELECT 1'], 2],
    ['a command that is none', [`quer${TITLE}`], 2],
    ['an analysis that is none', ['query', '--name', `x${TITLE}`], 2],
    ['a table that is none', ['tables', `x${TITLE}`], 2],
    ['a file that is not there', ['query', '--file', `x${TITLE}`], 1],
    ['a lake that is not there', ['query', '--lake', `/tmp/none${TITLE}`, 'SELECT 1'], 1],
    ['wrong SQL', ['query', '--lake', 'LAKE', `SELECT "x${TITLE}"`], 1],
    [
      'a value of an event',
      ['query', '--lake', 'LAKE', 'SELECT CAST(MAX(event_id) AS INT) FROM clickstream_db.clickstream_table'],
      1,
    ],
    ['a definition that is not there', ['dashboard', 'diff', `x${TITLE}`, `y${TITLE}`], 1],
  ] as const)('a message that repeats %s shows it with escapes', async (_, args, exitCode) => {
    const { code, stdout } = await clickstreamOnTerminal(...args.map((text) => (text === 'LAKE' ? lake.root : text)));
    expect(stdout).not.toMatch(RAW_CONTROLS);
    expect(stdout).toContain(SHOWN_TITLE);
    expect(code).toBe(exitCode);
  });
});

describe('on a pipe', () => {
  test.each([
    ['csv', ','],
    ['tsv', '\t'],
  ])('%s has every text as it is', async (format, delimiter) => {
    const { stdout } = await clickstream('query', '--lake', lake.root, '--format', format, QUERY);
    expectUsers(parse(stdout, { delimiter, columns: true }), (text) => text);
  });

  test('json reads back as every text', async () => {
    const { stdout } = await clickstream('query', '--lake', lake.root, '--format', 'json', QUERY);
    expectUsers(JSON.parse(stdout), (text) => text);
    expect(stdout).not.toMatch(RAW_CONTROLS);
  });

  test('csv for spreadsheets has formulas as text, a byte order mark and the line ends of Windows', async () => {
    for (const flags of [['--excel'], ['--excel', '--format', 'csv']]) {
      const { stdout } = await clickstream('query', '--lake', lake.root, ...flags, QUERY);
      expect(stdout).toMatch(/^\ufeffevent_id,user_id\r\n/);
      expectUsers(parse(stdout, { columns: true, bom: true }), escapeFormula);
    }
    const { stdout } = await clickstream('query', '--lake', lake.root, '--excel', "SELECT -5 AS a, '-x' AS b");
    expect(stdout).toBe("\ufeffa,b\r\n-5,'-x\r\n");
  });

  test('every command with --format has --excel, and another format beside it is refused', async () => {
    for (const command of [['query'], ['verify'], ['metrics'], ['doctor'], ['cost'], ['dashboard', 'preview', 'x']]) {
      const { code, stdout, stderr } = await clickstream(...command, '--excel', '--format', 'json');
      expect(stderr).toMatch(/option '--excel' prints csv: leave out '--format'/);
      expect([code, stdout]).toEqual([2, '']);
    }
    for (const command of ['metrics', 'cost']) {
      const { code, stdout } = await clickstream(command, '--excel');
      expect([code, stdout.slice(0, 1)]).toEqual([0, '\ufeff']);
      expect(parse(stdout, { bom: true }).length).toBeGreaterThan(5);
    }
  });

  test('a diff of definitions shows control characters as escapes', async () => {
    const files = ['a', `b${TITLE}`].map((name, n) => {
      const file = join(lake.root, `definition-${n}.json`);
      writeFileSync(
        file,
        JSON.stringify({
          Name: 'x',
          Definition: { DataSetIdentifierDeclarations: [], Sheets: [{ SheetId: 's', Name: name }] },
        }),
      );
      return file;
    });
    const { stdout } = await clickstream('dashboard', 'diff', ...files);
    expect(stdout).not.toMatch(RAW_CONTROLS);
    expect(stdout).toContain(SHOWN_TITLE);
  });
});

function expectUsers(rows: readonly Readonly<Record<string, string>>[], as: (text: string) => string): void {
  expect(rows.map(({ user_id }) => user_id)).toEqual(HOSTILE_TEXTS.map(({ text }) => as(text)));
  expect(rows.map(({ event_id }) => event_id)).toEqual(HOSTILE_TEXTS.map((_, n) => `${100 + n}${TITLE}`));
}

function clickstreamOnTerminal(...args: readonly string[]): Promise<Ended> {
  return onTerminal(process.execPath, join(PROJECT, 'cli/clickstream.js'), ...args);
}

/** Runs a command to its end; what its terminal got, without the terminal's own carriage returns, is the standard output. */
async function onTerminal(...command: readonly string[]): Promise<Ended> {
  const ended = await start('python3', join(__dirname, 'on_terminal.py'), ...command).ended;
  return { ...ended, stdout: ended.stdout.replaceAll('\r\n', '\n') };
}
