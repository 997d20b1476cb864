/** C0, DEL and C1, which a terminal may take as commands, and the marks that turn the direction of text around. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** The same, but for tabs and line breaks, which lay out a text and can do no harm. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROLS_BUT_LAYOUT = /(?!\t|\n|\r\n)[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** Shows every control character of a value as an escape, such as `\u001b`. */
export function escapeControls(value: string): string {
  return value.replace(CONTROLS, escaped);
}

/** Shows the control characters of a message or of a whole output as escapes, and keeps tabs and line breaks. */
export function escapeControlsOfLines(text: string): string {
  return text.replace(CONTROLS_BUT_LAYOUT, escaped);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
