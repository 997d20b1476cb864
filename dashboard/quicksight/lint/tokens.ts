/** What stands for a value that is known at plan: of a variable or of a data source. */
const TOKEN = /\$\{[^}]*\}/g;

/** With what is known at plan as a word. */
export function literal(text: string): string {
  // Up to the last brace, so that each opening one is closed: looking for the end is not repeated.
  const end = text.lastIndexOf('}') + 1;
  return text.slice(0, end).replace(TOKEN, 'x') + text.slice(end);
}
