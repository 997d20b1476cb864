import { HEAD_BYTES, MAX_DOCUMENT_ATTEMPTS, MAX_DOCUMENT_DEPTH, MAX_EVENT_BYTES } from '../../schema/event';

const [TAB, NEWLINE, RETURN, SPACE, QUOTE, COMMA, COLON, BACKSLASH] = [9, 10, 13, 32, 34, 44, 58, 92] as const;
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [91, 93, 123, 125] as const;
/** Bytes in which an array must have shown itself as one: white space, an object, and white space again. */
const MAX_DOCUMENT_START_BYTES = 3 * MAX_EVENT_BYTES;

export const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** A line, an element of a JSON array, or an object that spans several lines. */
export interface RawRecord {
  /** Number of its first line, from 1; of an array's element, its number among the elements of the file, from 1. */
  readonly number: number;
  /** Its bytes; only the first HEAD_BYTES if it is longer than an event may be. */
  readonly bytes: Buffer;
  /** Bytes of the whole record. */
  readonly size: number;
  /** Whether the file ends inside it. */
  readonly isCutOff: boolean;
}

/** What a reader has found in documents, as opposed to lines that hold a record each. */
export interface DocumentCounts {
  /** Lines with text that belong to documents. */
  lines: number;
  /** Records in those lines. */
  records: number;
}

/** Whether a line that is not blank may be part of a document, so that lines are not records. */
export function mayBeDocument(line: Buffer): boolean {
  const start = skip(line, 0, isBlank);
  if (line[start] === OPEN_OBJECT) return lastText(line) !== CLOSE_OBJECT;
  if (line[start] !== OPEN_LIST) return false;
  const next = skip(line, start + 1, isBlank);
  return next === line.length || line[next] === OPEN_OBJECT;
}

/** The last byte of a line that is not blank. */
function lastText(line: Buffer): number | undefined {
  let end = line.length - 1;
  while (end >= 0 && isBlank(line[end]!)) end--;
  return line[end];
}

/**
 * Splits a file into records, in memory bounded by the size of an event. A record is a line with text; where a line begins a JSON
 * array of objects, each element is one; and so is an object that is pretty-printed over several lines, whose newlines become
 * spaces. A document that is broken further on costs one record, up to the end of that line. Chunks may be cut anywhere.
 *
 * If the chunks end in an error, or an array never ends, the last record is cut off.
 */
export async function* rawRecords(
  chunks: AsyncIterable<Buffer>,
  documents: DocumentCounts = { lines: 0, records: 0 },
): AsyncGenerator<RawRecord> {
  const input = inputOf(chunks);
  let attempts = MAX_DOCUMENT_ATTEMPTS;
  let elements = 0;
  let isCutOff = false;
  await skipByteOrderMark(input);
  while (await fillLine(input)) {
    const { line, textLines } = input;
    const found = attempts > 0 ? await findDocument(input) : 'line';
    if (found === 'line' || found === 'refused') {
      if (found === 'refused') attempts--;
      const piece = await takeLine(input);
      isCutOff = piece.isCutOff;
      if (isCutOff || piece.hasText) yield { ...piece, number: line };
      continue;
    }
    const pieces = found === 'array' ? takeElements(input) : takeObject(input, found.size);
    for await (const piece of pieces) {
      documents.records++;
      isCutOff = piece.isCutOff;
      yield { ...piece, number: found === 'array' ? ++elements : line };
    }
    documents.lines += input.textLines - textLines;
    if (isCutOff && input.isBroken && input.endsInBlank) documents.lines++; // as whoever counts lines has it
  }
  if (!input.isBroken || isCutOff) return;
  if (!input.endsInBlank) documents.records++; // the line that the file breaks off in is the last of an object
  yield { number: input.line, bytes: NOTHING, size: 0, isCutOff: true };
}

const NOTHING = Buffer.alloc(0);

/** The bytes of a file that have been read and not yet taken. */
interface Input {
  rest: Buffer;
  /** Number of the line that `rest` begins in. */
  line: number;
  /** Lines with text that have ended. */
  textLines: number;
  /** Whether the file ends in a line without text, once it has been taken to its end. */
  endsInBlank: boolean;
  /** Whether the file could not be read to its end. */
  isBroken: boolean;
  /** Adds a chunk to `rest`; false at the end of the file. */
  more(): Promise<boolean>;
  take(count: number): Buffer;
}

function inputOf(chunks: AsyncIterable<Buffer>): Input {
  const iterator = chunks[Symbol.asyncIterator]();
  let isAtEnd = false;
  let isOver = false;
  let hasText = false;
  const endLine = (): void => {
    if (hasText) input.textLines++;
    hasText = false;
  };
  const endFile = (): void => {
    if (!isAtEnd || isOver || input.rest.length > 0) return;
    isOver = true;
    input.endsInBlank = !hasText;
    endLine();
  };
  const input: Input = {
    rest: NOTHING,
    line: 1,
    textLines: 0,
    endsInBlank: false,
    isBroken: false,
    async more() {
      if (isAtEnd) return false;
      try {
        const { done, value } = await iterator.next();
        if (!done) {
          input.rest = input.rest.length === 0 ? value : Buffer.concat([input.rest, value]);
          return true;
        }
      } catch {
        input.isBroken = true;
      }
      isAtEnd = true;
      endFile();
      return false;
    },
    take(count) {
      const bytes = input.rest.subarray(0, count);
      for (const byte of bytes)
        if (byte === NEWLINE) {
          input.line++;
          endLine();
        } else hasText ||= !isBlank(byte);
      input.rest = input.rest.subarray(count);
      endFile();
      return bytes;
    },
  };
  return input;
}

async function skipByteOrderMark(input: Input): Promise<void> {
  while (input.rest.length < BYTE_ORDER_MARK.length && (await input.more()));
  if (input.rest.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK))
    input.rest = input.rest.subarray(BYTE_ORDER_MARK.length);
}

/** Reads on until `rest` holds a whole line, or more than an event may have, or all there is. False if that is nothing. */
async function fillLine(input: Input): Promise<boolean> {
  for (let from = 0; input.rest.length <= MAX_EVENT_BYTES && input.rest.indexOf(NEWLINE, from) < 0; ) {
    from = input.rest.length;
    if (!(await input.more())) break;
  }
  return input.rest.length > 0;
}

/** What begins at a line: an array of objects, an object on several lines of that size, or neither; `refused` took a look ahead. */
async function findDocument(input: Input): Promise<'line' | 'refused' | 'array' | { readonly size: number }> {
  const end = input.rest.indexOf(NEWLINE);
  const line = end < 0 ? input.rest : input.rest.subarray(0, end);
  if (!mayBeDocument(line)) return 'line';
  const first = skip(line, 0, isBlank);
  if (line[first] === OPEN_LIST) return (await beginsArray(input, first + 1)) ? 'array' : 'refused';
  if (end < 0) return 'line';
  const size = await objectSize(input, first);
  return size === undefined ? 'refused' : { size };
}

/** Whether a bracket is followed by an object, and that by a comma or another bracket. */
async function beginsArray(input: Input, from: number): Promise<boolean> {
  const first = await skipSpace(input, from);
  if (input.rest[first] !== OPEN_OBJECT || first > MAX_EVENT_BYTES) return false;
  const end = await valueEnd(input, first);
  if (end === undefined) return false;
  const after = await skipSpace(input, end); // which adds to `rest`
  const next = input.rest[after];
  return after <= MAX_DOCUMENT_START_BYTES && (next === COMMA || next === CLOSE_LIST);
}

/** Size of an object that is JSON and has its last line for itself; undefined if it is none. */
async function objectSize(input: Input, from: number): Promise<number | undefined> {
  const end = await valueEnd(input, from);
  if (end === undefined) return undefined;
  let after = skip(input.rest, end, isBlank);
  while (after === input.rest.length && after < end + HEAD_BYTES && (await input.more()))
    after = skip(input.rest, after, isBlank);
  if (after < input.rest.length && input.rest[after] !== NEWLINE) return undefined;
  return isJson(input.rest.subarray(from, end)) ? end : undefined;
}

/** Where a value in `rest` ends; undefined if it is broken, too long, or the file ends before. */
async function valueEnd(input: Input, from: number): Promise<number | undefined> {
  const scan = scanner();
  for (let at = from; ; ) {
    const state = scan(input.rest, at);
    if (state.isBroken || state.at - from > MAX_EVENT_BYTES) return undefined;
    if (state.isClosed) return state.at;
    at = state.at;
    if (!(await input.more())) return undefined;
  }
}

/** The next byte of `rest` that is no white space, as far as an event may reach. */
async function skipSpace(input: Input, from: number): Promise<number> {
  let at = skip(input.rest, from, isSpace);
  while (at === input.rest.length && at <= MAX_DOCUMENT_START_BYTES && (await input.more()))
    at = skip(input.rest, at, isSpace);
  return at;
}

/** A record without its number. */
interface Piece {
  readonly bytes: Buffer;
  readonly size: number;
  readonly hasText: boolean;
  readonly isCutOff: boolean;
  /** Whether it goes up to the end of its line, whatever is in it. */
  readonly endsLine: boolean;
}

async function* takeObject(input: Input, size: number): AsyncGenerator<Piece> {
  yield { bytes: onOneLine(input.take(size)), size, hasText: true, isCutOff: false, endsLine: false };
  await takeLine(input);
}

/** Takes an array of objects, and whatever stands behind it on its last line. */
async function* takeElements(input: Input): AsyncGenerator<Piece> {
  input.take(skip(input.rest, 0, isBlank) + 1);
  for (let expected: 'element' | 'comma' | 'either' = 'element'; ; ) {
    input.take(skip(input.rest, 0, isSpace));
    const next = input.rest[0];
    if (next === undefined) {
      if (await input.more()) continue;
      return yield { bytes: NOTHING, size: 0, hasText: false, isCutOff: true, endsLine: true };
    }
    if (next === CLOSE_LIST) break;
    if (next === COMMA && expected !== 'element') {
      input.take(1);
      expected = 'element';
      continue;
    }
    const piece: Piece = next === COMMA || expected === 'comma' ? await takeLine(input) : await takeValue(input);
    yield piece;
    if (piece.isCutOff) return;
    expected = piece.endsLine ? 'either' : 'comma';
  }
  input.take(1);
  const behind = await takeLine(input);
  if (behind.hasText || behind.isCutOff) yield behind;
}

/** Takes an element of an array; with the rest of its line if it is broken. */
async function takeValue(input: Input): Promise<Piece> {
  const parts = gather();
  const scan = scanner();
  for (;;) {
    const state = scan(input.rest, 0);
    parts.add(input.take(state.at));
    if (state.isBroken) return takeLine(input, parts);
    if (state.isClosed) return parts.piece({ isCutOff: false, endsLine: false });
    if (!(await input.more())) return parts.piece({ isCutOff: true, endsLine: true });
  }
}

/** Takes the rest of a line, and its newline. */
async function takeLine(input: Input, parts = gather()): Promise<Piece> {
  for (;;) {
    const end = input.rest.indexOf(NEWLINE);
    parts.add(input.take(end < 0 ? input.rest.length : end));
    if (end >= 0) {
      input.take(1);
      return parts.piece({ isCutOff: false, endsLine: true });
    }
    if (!(await input.more())) return parts.piece({ isCutOff: input.isBroken, endsLine: true });
  }
}

/** Joins the parts of a record; of one that is too long, no more than its first bytes. */
function gather() {
  const parts: Buffer[] = [];
  let size = 0;
  let hasText = false;
  return {
    add(part: Buffer): void {
      if (size <= MAX_EVENT_BYTES) parts.push(part);
      size += part.length;
      hasText ||= skip(part, 0, isBlank) < part.length;
    },
    piece(how: Pick<Piece, 'isCutOff' | 'endsLine'>): Piece {
      if (size > MAX_EVENT_BYTES + RETURN_BYTES)
        return { bytes: Buffer.from(Buffer.concat(parts).subarray(0, HEAD_BYTES)), size, hasText, ...how };
      const bytes = withoutReturn(onOneLine(parts.length === 1 ? parts[0]! : Buffer.concat(parts)));
      return { bytes, size: bytes.length, hasText, ...how };
    },
  };
}

/** What CRLF adds to a line. */
const RETURN_BYTES = 1;

interface Scanned {
  /** Where the scan has come to: behind the value if it is closed, before what breaks it if it is broken. */
  readonly at: number;
  readonly isClosed: boolean;
  readonly isBroken: boolean;
}

/** Finds the end of a JSON value by its strings and brackets, over as many pieces of text as it takes. */
function scanner(): (text: Buffer, from: number) => Scanned {
  const open: number[] = [];
  let before: number | undefined;
  let inString = false;
  let isEscaped = false;
  return (text, from) => {
    const result = (at: number, how?: 'closed' | 'broken'): Scanned => ({
      at,
      isClosed: how === 'closed',
      isBroken: how === 'broken',
    });
    for (let at = from; at < text.length; at++) {
      const byte = text[at]!;
      if (inString) {
        if (byte === NEWLINE) return result(at, 'broken');
        if (isEscaped) isEscaped = false;
        else if (byte === BACKSLASH) isEscaped = true;
        else if (byte === QUOTE) {
          inString = false;
          if (open.length === 0) return result(at + 1, 'closed');
        }
        continue;
      }
      if (isSpace(byte)) {
        if (open.length === 0 && before !== undefined) return result(at, 'closed');
        continue;
      }
      const isOpening = byte === OPEN_OBJECT || byte === OPEN_LIST;
      if (isOpening || byte === QUOTE) {
        if (before !== undefined && !mayPrecede(before)) return result(at, 'broken');
        if (isOpening && open.push(byte) > MAX_DOCUMENT_DEPTH) return result(at, 'broken');
        inString = byte === QUOTE;
      } else if (byte === CLOSE_OBJECT || byte === CLOSE_LIST || byte === COMMA) {
        if (open.length === 0) return result(at, before === undefined ? 'broken' : 'closed');
        if (byte !== COMMA) {
          if (open.pop() !== (byte === CLOSE_OBJECT ? OPEN_OBJECT : OPEN_LIST)) return result(at, 'broken');
          if (open.length === 0) return result(at + 1, 'closed');
        }
      }
      before = byte;
    }
    return result(text.length);
  };
}

/** Whether a string, an object or an array may stand behind a byte. */
function mayPrecede(byte: number): boolean {
  return byte === OPEN_OBJECT || byte === OPEN_LIST || byte === COMMA || byte === COLON;
}

/** A record as a line: newlines, which can only stand between its tokens, become spaces. */
function onOneLine(bytes: Buffer): Buffer {
  if (!bytes.includes(NEWLINE)) return bytes;
  return Buffer.from(bytes.toString('latin1').replace(/\r?\n/g, ' '), 'latin1');
}

/** A line without what CRLF leaves at its end. */
function withoutReturn(bytes: Buffer): Buffer {
  return bytes.at(-1) === RETURN ? bytes.subarray(0, -1) : bytes;
}

function isJson(bytes: Buffer): boolean {
  try {
    JSON.parse(bytes.toString('utf8'));
    return true;
  } catch {
    return false;
  }
}

/** Where bytes of a kind end. */
export function skip(bytes: Buffer, from: number, isSkipped: (byte: number) => boolean): number {
  let at = from;
  while (at < bytes.length && isSkipped(bytes[at]!)) at++;
  return at;
}

/** White space within a line. */
export function isBlank(byte: number): boolean {
  return byte === SPACE || byte === TAB || byte === RETURN;
}

function isSpace(byte: number): boolean {
  return byte === NEWLINE || isBlank(byte);
}
