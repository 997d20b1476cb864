import { expect, test } from '@jest/globals';
import { tableOf } from '../../local/output';

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
