import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { escapeControls, escapeControlsOfLines } from '../../core/terminal/escape-controls';
import { markdownOf, tableOf } from '../../core/terminal/output';
import { HOSTILE_TEXTS, RAW_CONTROLS } from '../lake/hostile-text';

const characters = fc.string({ unit: 'binary', maxLength: 50 });
const controls = fc.string({
  unit: fc.constantFrom(...'\0\u001b\u0007\r\n\t\u007f\u0080\u009b\u009f\u202a\u202e\u2066\u2069ab'),
  maxLength: 50,
});

describe('control characters', () => {
  test.each(HOSTILE_TEXTS)('of $what are shown as escapes in a value', ({ text, shown = text }) => {
    expect(escapeControls(text)).toBe(shown);
  });

  test('of any text are escapes in a value', () => {
    fc.assert(
      fc.property(fc.oneof(characters, controls), (text) => {
        const shown = escapeControls(text);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
        expect(shown).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
      }),
    );
  });

  test('of any text are escapes in a message, which keeps its tabs and line breaks', () => {
    fc.assert(
      fc.property(fc.oneof(characters, controls), (text) => {
        const shown = escapeControlsOfLines(text);
        expect(shown).not.toMatch(RAW_CONTROLS);
        expect(shown.replace(/[^\t\n]/g, '')).toBe(text.replace(/[^\t\n]/g, ''));
      }),
    );
    expect(escapeControlsOfLines('LINE 1:\tx\r\n  ^')).toBe('LINE 1:\tx\r\n  ^');
    expect(escapeControlsOfLines('bad\rgood')).toBe('bad\\u000dgood');
  });

  test.each([false, true])(
    'are shown in cells and heads of a table whose lines stay as wide as each other, wrapped: %s',
    (isWrapped) => {
      const rows = HOSTILE_TEXTS.filter(({ text }) => !/[\u3000-\uffff]/.test(text)).map(({ text }) => [text, 1]);
      const table = tableOf(['a\u001b[2J', 'n'], rows, { width: 200, isWrapped });
      expect(table).not.toMatch(RAW_CONTROLS);
      expect(table).toContain('│ a\\u001b[2J ');
      expect(table).toContain('a\\u001b]0;pwned\\u0007 ');
      expect(new Set(table.split('\n').map((line) => line.length)).size).toBe(1);
    },
  );

  test('are shown in Markdown', () => {
    const lines = markdownOf(
      ['a\u001b[2J'],
      HOSTILE_TEXTS.map(({ text }) => [text]),
    ).split('\n');
    expect(lines).toHaveLength(HOSTILE_TEXTS.length + 2);
    expect(lines.join('\n')).not.toMatch(RAW_CONTROLS);
  });
});
