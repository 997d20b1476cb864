/**
 * Text of a file in messages: short, on one line, and without characters that a terminal obeys or that hide what is there.
 */

/** How much of a value stands in a message. */
const MOST_CHARACTERS = 60;

/** Control characters, lone surrogates, and those that reorder or hide text. */
const INVISIBLE =
  /[\p{Cc}\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/gu;

/** Shortens a text and escapes what is not visible in it. */
export function printable(text: string, most = MOST_CHARACTERS): string {
  const short = text.length > most ? `${text.slice(0, most)}…` : text;
  return short.replace(INVISIBLE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Names a JSON value by its kind, or writes it out if it is a text, a number or a boolean. */
export function shown(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  return typeof value === 'string' ? `"${printable(value)}"` : String(value);
}
