import fc from 'fast-check';

/** What files consist of, so that what matters to a reader comes often. */
const PIECES = [
  ...'{}[],:"\\ \n\r\t',
  '{"a":1}',
  '{"a":{"b":[1,2]}}\n',
  '{"event_id":"a","event_type":"click"}\n',
  '[{"a":1},',
  '[\n{"a":1}\n,\n',
  '\n{\n"a": 1\n}\n',
  '\n{\n"a": 1\n}',
  '"x"',
  '1',
  'null',
  'words',
  'ü',
  '\u2028',
  '\ufeff',
  '\0',
].map((text) => Buffer.from(text));

/** Contents of a file: pieces of JSON in any order, and bytes that are no text. */
export function contents(maxPieces = 40): fc.Arbitrary<Buffer> {
  const piece = fc.oneof(
    { weight: 30, arbitrary: fc.constantFrom(...PIECES) },
    { weight: 1, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 4 }).map((bytes) => Buffer.from(bytes)) },
  );
  return fc.array(piece, { maxLength: maxPieces }).map((pieces) => Buffer.concat(pieces));
}
