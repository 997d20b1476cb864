import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { PROJECT } from '../../core/project';
import { jobFiles } from '../../etl/job-files';
import { takeCensus } from '../../lake/duckdb/file-census';
import { contentOf, findFile, rawLines } from '../../lake/duckdb/raw-files';
import { rawRecords } from '../../lake/duckdb/raw-records';
import { MAX_EVENT_BYTES } from '../../schema/event';
import { start } from '../../support/processes';
import { fuzzRuns } from '../fuzz-runs';
import { contents } from '../server/hostile-content';
import { documentCases } from './document-cases';
import { edgeCases, notJson } from './edge-cases';

const CASES = fuzzRuns(3000);
const { limits } = JSON.parse(jobFiles()['schema.json']!) as { readonly limits: object };

interface Split {
  readonly records: readonly (readonly [number, string, number, boolean])[];
  /** Number, reason and size of what is too long, of each row. */
  readonly judged: readonly (readonly [number, string | null, number | null])[];
  readonly count: number;
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'clickstream-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the Glue job splits, judges and counts as the embedded lake does', () => {
  test('documents and lines of every kind', async () => {
    const texts = [...documentCases.map((each) => each.text), ...[...edgeCases, ...notJson].map(({ line }) => line)];
    await expectAlike(texts.flatMap((each) => [Buffer.from(each), gzipSync(each)]));
  });

  test('what is longer than an event', async () => {
    const padding = 'ü'.repeat(MAX_EVENT_BYTES / 2);
    const element = `{"event_id":"${padding}"}`;
    const most = `{"event_id":"${'x'.repeat(MAX_EVENT_BYTES - 15)}"}`;
    const texts = [
      `${element}\n{}\n`,
      `{}\n${element}`,
      `[{},${element},{}]`,
      `[${element},{}]`,
      `[{},\n{"a":${element.repeat(3)}\n]`,
      `{\n"a":${element}\n}`,
      ' '.repeat(2 * MAX_EVENT_BYTES),
      `${' '.repeat(2 * MAX_EVENT_BYTES)}{}`,
      `${most}\r\n${most}\n${most}x\n`,
      `[${' '.repeat(2 * MAX_EVENT_BYTES)}{}]`,
      `[{}${'\n'.repeat(2 * MAX_EVENT_BYTES)},{}]`,
    ];
    await expectAlike(texts.map((each) => Buffer.from(each)));
  });

  test('gzip that is cut off, altered, padded or in members', async () => {
    const whole = gzipSync(documentCases.map((each) => each.text).join('\n'));
    const altered = Buffer.from(whole);
    altered[whole.length >> 1]! ^= 1;
    await expectAlike([
      ...[0.2, 0.5, 0.9].map((share) => whole.subarray(0, Math.floor(share * whole.length))),
      whole.subarray(0, -1),
      whole.subarray(0, 5),
      Buffer.concat([whole, whole]),
      Buffer.concat([whole, Buffer.alloc(100)]),
      Buffer.concat([gzipSync('[{},\n'), gzipSync('{}]'), Buffer.alloc(1)]),
      gzipSync('[{},\n').subarray(0, -4),
      gzipSync('{\n').subarray(0, -4),
      gzipSync('[\n{"a":1}\n').subarray(0, -4),
      gzipSync('{\n"a":1\n}').subarray(0, -4),
      gzipSync('{\n"a":1\n}\n').subarray(0, -4),
      gzipSync('').subarray(0, -4),
    ]);
  });

  test(`${CASES} contents that were made up`, async () => {
    const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);
    process.stderr.write(`FUZZ_SEED=${seed}\n`);
    await expectAlike(fc.sample(contents(), { numRuns: CASES, seed }));
  });
});

describe('the Glue job reads a file without a newline', () => {
  test.each([
    ['of 300 MB of text', "b'x' * (1 << 20) for _ in range(300)", [1, 'line_too_long', 300 << 20]],
    [
      'of an array that is nested too deep and never ends',
      "b'[{}, {' + b'[1],' * (1 << 16) for _ in range(120)",
      [3, 'unreadable_file'],
    ],
  ])('in memory that it does not fill, and time that does not grow faster: %s', async (_, chunks, expected) => {
    const program = `
import re, resource, sys, zlib
sys.path.insert(0, ${JSON.stringify(join(PROJECT, 'etl'))})
from raw_lines import rows
from raw_records import Limits
packer = zlib.compressobj(1, wbits=31)
packed = b''.join([*(packer.compress(chunk) for chunk in (${chunks})), packer.flush()])
*_, found, counted = rows('key', (packed[at:at + (1 << 18)] for at in range(0, len(packed), 1 << 18)), [], Limits(**${JSON.stringify(limits)}))
# What getrusage says is at least the size of the process that started this one, on Linux.
status = open('/proc/self/status').read() if sys.platform == 'linux' else None
peak = re.search(r'VmHWM:\\s+(\\d+)', status)[1] if status else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
print([found[3], found[4], found[5], len(found[1]), counted[-1]], peak)`;
    const { code, stdout, stderr } = await start('python3', '-c', program).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [, found, kib] = /^(\[.*\]) (\d+)$/.exec(stdout.trim())!;
    expect(JSON.parse(found!.replaceAll("'", '"').replaceAll('None', 'null')).slice(0, expected.length)).toEqual(
      expected,
    );
    expect(Number(kib)).toBeLessThan(150 * 1024);
  });
});

async function expectAlike(files: readonly Buffer[]): Promise<void> {
  const theirs = await splitByPython(files);
  for (const [n, content] of files.entries()) {
    const ours = await splitHere(content);
    expect({ content: content.toString('base64').slice(0, 2000), ...theirs[n] }).toEqual({
      content: content.toString('base64').slice(0, 2000),
      ...ours,
    });
    expect(theirs[n]!.count).toBe(theirs[n]!.records.length);
  }
}

async function splitHere(content: Buffer): Promise<Split> {
  writeFileSync(join(folder, 'a'), content);
  const file = (await findFile(folder, 'a'))!;
  const records: [number, string, number, boolean][] = [];
  for await (const { number, bytes, size, isCutOff } of rawRecords(contentOf(file)))
    records.push([number, bytes.toString('base64'), size, isCutOff]);
  const judged: [number, string | null, number | null][] = [];
  const documents = { lines: 0, records: 0 };
  for await (const { line, size, reason } of rawLines(file, documents))
    judged.push([line, reason ?? null, size > MAX_EVENT_BYTES ? size : null]);
  const { lines } = await takeCensus(file, join(folder, 'unpacked'), '0');
  return { records, judged, count: lines - documents.lines + documents.records };
}

async function splitByPython(files: readonly Buffer[]): Promise<Split[]> {
  const python = spawn('python3', [join(PROJECT, '__tests__/etl/split_records.py')], { stdio: 'pipe' });
  python.stdin.end(JSON.stringify({ contents: files.map((content) => content.toString('base64')), limits }));
  const [output, errors] = await Promise.all([text(python.stdout), text(python.stderr)]);
  if (errors) throw new Error(errors.slice(-4000));
  return output
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Split);
}
