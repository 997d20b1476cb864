import { describe, expect, test } from '@jest/globals';
import { expandedOf, tableOf } from '../../core/terminal/output';

test('a table shows all of a remedy, on as many lines as it needs', () => {
  const [long, remedy] = [
    'arn:aws:iam::111122223333:user/a-very-long-name-of-a-user',
    'do this and that, then run it again',
  ];
  const table = tableOf(['found', 'remedy'], [[long, remedy]], { width: 40, isWrapped: true });
  const cells = table
    .split('\n')
    .filter((line) => line.startsWith('│'))
    .slice(1)
    .map((line) => line.split('│'));
  expect(cells.map(([, found]) => found!.trim()).join('')).toBe(long);
  expect(
    cells
      .map(([, , text]) => text!.trim())
      .join(' ')
      .trim(),
  ).toBe(remedy);
  expect(table).not.toContain('…');
});

describe('a table that is wider than the terminal', () => {
  const COLUMNS = ['step', 'step_name', 'users', 'step_conversion', 'drop_off', 'overall_conversion'];
  const ROWS = [
    [1, 'home_page', 13_707, null, null, 1],
    [2, 'product_page', 11_876, 0.8664, 1831, 0.8664],
  ];
  const linesOf = (table: string) => table.split('\n').filter((line) => line.startsWith('│'));

  test('has headers on two lines, broken between words, before anything is cut', () => {
    const table = tableOf(COLUMNS, ROWS, { width: 70 });
    expect(Math.max(...table.split('\n').map((line) => line.length))).toBeLessThanOrEqual(70);
    const [first, second] = linesOf(table);
    expect(first).toMatch(/│ step │ step_name {4}│ users │\s+step_ │\s+drop_off │\s+overall_ │/);
    expect(second).toMatch(/│\s+conversion │\s+│\s+conversion │/);
    expect(table).not.toContain('…');
  });

  test('cuts long text, never a header or a number', () => {
    const table = tableOf(['overall_conversion', 'raw'], [[1_234_567_890_123, 'x'.repeat(200)]], { width: 40 });
    expect(Math.max(...table.split('\n').map((line) => line.length))).toBe(40);
    expect(table).toMatch(/overall_.*\n.*conversion/);
    expect(table).toMatch(/1234567890123 │ x+… │/);
  });

  test('is as it was where it fits', () => {
    expect(linesOf(tableOf(COLUMNS, ROWS, { width: 100 }))).toHaveLength(3);
  });
});

test('expanded rows have each column on a line, with control characters as escapes', () => {
  expect(
    expandedOf(
      ['id', 'long\u001bname'],
      [
        [1, 'a\nb'],
        [2, null],
      ],
    ),
  ).toBe(
    [
      '── row 1 ──',
      'id             │ 1',
      'long\\u001bname │ a\\u000ab',
      '── row 2 ──',
      'id             │ 2',
      'long\\u001bname │',
    ].join('\n'),
  );
  expect(expandedOf(['id'], [])).toBe('no rows');
});
