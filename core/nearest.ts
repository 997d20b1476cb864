/** Which of some names somebody meant who mistyped one: the one that takes the fewest edits, unless that is half of it or more. */
export function nearest(text: string, names: readonly string[]): string | undefined {
  const wanted = text.toLowerCase();
  const found = names
    .map((name) => ({ name, edits: edits(wanted, name.toLowerCase()) }))
    .sort((a, b) => a.edits - b.edits)[0];
  return found && found.edits < found.name.length / 2 ? found.name : undefined;
}

/** What to say of a name that is none: the nearest, if there is one, and all that there are. */
export function suggestion(text: string, names: readonly string[]): string {
  const near = nearest(text, names);
  return `${near === undefined ? 'choose' : `did you mean ${near}? Choose`} from ${names.join(', ')}`;
}

/** Characters to insert, remove or replace to make one text of another (Levenshtein). */
function edits(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, n) => n);
  for (const [n, character] of [...from].entries()) {
    const next = [n + 1];
    for (let m = 0; m < to.length; m++)
      next.push(Math.min(row[m + 1]! + 1, next[m]! + 1, row[m]! + Number(character !== to[m])));
    row = next;
  }
  return row[to.length]!;
}
