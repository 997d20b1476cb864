import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import { PROJECT } from '../../core/project';
import { escapeFormula, SPREADSHEET_CSV } from '../../core/spreadsheet-csv';
import { HOSTILE_TEXTS } from '../lake/hostile-text';

const DOCUMENT = join(PROJECT, 'docs/exports.md');

describe('a CSV for spreadsheets', () => {
  test.each(HOSTILE_TEXTS)('has $what as text', ({ text, isFormula = false }) => {
    const csv = stringify([['name', text]], SPREADSHEET_CSV);
    expect(parse(csv, { bom: true })).toEqual([['name', isFormula ? `'${text}` : text]]);
  });

  test('keeps numbers as numbers, also those that are too long for one of JavaScript', () => {
    const csv = stringify(
      [[-5, -0.25, 1e-9, '-12345678901234567.89', '-9007199254740993', true, null]],
      SPREADSHEET_CSV,
    );
    expect(csv).toBe('\ufeff-5,-0.25,1e-9,-12345678901234567.89,-9007199254740993,true,\r\n');
  });

  test('has names of columns as text too', () => {
    expect(parse(stringify([['=1+1'], [1]], SPREADSHEET_CSV), { bom: true })).toEqual([["'=1+1"], ['1']]);
  });
});

test('the SQL of docs/exports.md escapes in DuckDB what --excel escapes', async () => {
  const sql = /```sql\n([\s\S]*?)```/.exec(readFileSync(DOCUMENT, 'utf8'))![1]!;
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  await connection.run('CREATE SCHEMA clickstream_db');
  await connection.run(
    'CREATE TABLE clickstream_db.clickstream_table (event_id VARCHAR, user_id VARCHAR, click_date DATE)',
  );
  const texts = [...HOSTILE_TEXTS.map(({ text }) => text), '', null, 'a-b', '5'];
  for (const text of texts)
    await connection.run('INSERT INTO clickstream_db.clickstream_table VALUES ($1, $1, CURRENT_DATE)', [text]);
  const rows = (await connection.runAndReadAll(sql)).getRowObjectsJS();
  connection.closeSync();
  instance.closeSync();
  const expected = texts.map((text) => (text === null ? null : escapeFormula(text)));
  expect(rows.map((row) => row.user_id)).toEqual(expected);
  expect(rows.map((row) => row.event_id)).toEqual(expected);
  expect(expected.filter((text, n) => text !== texts[n])).toHaveLength(
    HOSTILE_TEXTS.filter(({ isFormula }) => isFormula).length,
  );
});
