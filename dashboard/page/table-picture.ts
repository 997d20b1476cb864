import type { VisualBase } from '../kinds/kind';
import type { Cell, Rows } from '../protocol';

/** Rows as a picture, for visuals that are no chart. */
export function drawTable({ title }: VisualBase, { columns, rows }: Rows): string {
  const [line, padding, shown] = [26, 20, rows.slice(0, 40)];
  const texts = [columns, ...shown.map((row) => row.map(textOf))];
  const canvas = document.createElement('canvas');
  const context = canvas.getContext('2d')!;
  const font = '14px system-ui, sans-serif';
  context.font = font;
  const widths = columns.map((_, n) => Math.max(...texts.map((row) => context.measureText(row[n]!).width)) + padding);
  canvas.width = 2 * Math.max(300, padding * 2 + widths.reduce((sum, width) => sum + width, 0));
  canvas.height = 2 * (line * (texts.length + 1) + padding * 2);
  context.scale(2, 2);
  context.fillStyle = '#ffffff';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.fillStyle = '#1b2430';
  context.font = `600 16px system-ui, sans-serif`;
  context.fillText(title, padding, padding + 14);
  context.font = font;
  texts.forEach((row, y) => {
    let x = padding;
    row.forEach((text, n) => {
      context.fillText(text, x, padding + line * (y + 2));
      x += widths[n]!;
    });
  });
  return canvas.toDataURL();
}

/** A value as it is, for people. */
export function textOf(value: Cell): string {
  return value === null ? '(none)' : String(value);
}
