import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { findFile, rawLines } from '../../lake/duckdb/raw-files';
import { type TemporaryLake, temporaryLake } from '../../support/temporary-lake';
import { fuzzRuns } from '../fuzz-runs';
import { contents } from '../server/hostile-content';
import { event } from './events';

/** Files that are made up; FUZZ_RUNS=100 makes it a hundred times as many, FUZZ_SEED the same again. */
const FILES = fuzzRuns(800);
const SEED = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);

/** Compressed bytes of a batch, so that some batches hold a file that can't be read fast, and some don't. */
const BATCH_BYTES = 300;

let lake: TemporaryLake;
beforeEach(() => {
  lake = temporaryLake();
});
afterEach(() => lake.remove());

test(`${FILES} made-up files, text and gzip, whole and broken, are all taken, and every line of theirs is accounted for`, async () => {
  process.stderr.write(`FUZZ_SEED=${SEED}\n`);
  const samples = fc.sample(fc.tuple(contents(), fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(5)), {
    numRuns: FILES,
    seed: SEED,
  });
  const landed = new Map<string, Buffer>();
  for (const [n, [content, share, kind]] of samples.entries()) {
    const whole = Buffer.concat([Buffer.from(`${event(`event ${n}`)}\n`), content]);
    landed.set(`${String(n).padStart(7, '0')}.ndjson`, fileOf(whole, share, kind));
  }
  const expected = new Map<string, number>();
  for (const [name, bytes] of landed) {
    lake.land(name, bytes);
    let records = 0;
    for await (const _ of rawLines((await findFile(lake.root, `raw/${name}`))!)) records++;
    if (records > 0) expected.set(`raw/${name}`, records);
  }
  const { files, new_events, duplicates, failed_events } = await lake.transform({ batchBytes: BATCH_BYTES });
  const total = [...expected.values()].reduce((sum, records) => sum + records, 0);
  expect([files, new_events + duplicates + failed_events]).toEqual([FILES, total]);
  const kept = await lake.rows(`
    SELECT source_file, COUNT(*) AS records FROM (
      SELECT source_file FROM clickstream_db.clickstream_table
      UNION ALL SELECT source_file FROM clickstream_db.failed_events)
    GROUP BY 1 ORDER BY 1`);
  expect(kept).toEqual([...expected].map(([source_file, records]) => ({ source_file, records })));
  expect(lake.files('raw').size).toBe(0);
  expect([...lake.files('processed')]).toEqual([...landed]);
});

/** The content as a file: text, gzip, gzip that is cut off, altered, or in two members. */
function fileOf(content: Buffer, share: number, kind: number): Buffer {
  if (kind < 2) return content;
  const at = Math.floor(share * content.length);
  if (kind === 5) return Buffer.concat([gzipSync(content.subarray(0, at)), gzipSync(content.subarray(at))]);
  const packed = gzipSync(content);
  if (kind === 3) return packed.subarray(0, Math.max(2, Math.floor(share * packed.length)));
  if (kind === 4) packed[2 + Math.floor(share * (packed.length - 3))]! ^= 1 << (content.length % 8);
  return packed;
}
