import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { folderStore } from '../../sources/landing/object-store';

const KEY = 'raw/date=2026-03-02/hour=00/a.ndjson.gz';
let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'clickstream-'));
});

afterEach(() => rm(root, { recursive: true }));

test('an object is a file of its key, and nothing else is left', async () => {
  await folderStore(root).put(KEY, Buffer.from('first'));
  expect(await readFile(join(root, KEY), 'utf8')).toBe('first');
  expect(await filesIn(root)).toEqual([KEY]);
});

test('a second put replaces the first', async () => {
  const store = folderStore(root);
  await store.put(KEY, Buffer.from('first'));
  await store.put(KEY, Buffer.from('2'));
  expect(await readFile(join(root, KEY), 'utf8')).toBe('2');
  expect(await filesIn(root)).toEqual([KEY]);
});

test('readers see the whole of one object or of the other while it is replaced', async () => {
  const store = folderStore(root);
  const bodies = ['a', 'b'].map((letter) => Buffer.alloc(1_000_000, letter));
  await store.put(KEY, bodies[0]!);
  const seen: Buffer[] = [];
  const writing = (async () => {
    for (let n = 1; n <= 10; n++) await store.put(KEY, bodies[n % 2]!);
    return 'written';
  })();
  while ((await Promise.race([writing, readFile(join(root, KEY)).then((body) => seen.push(body))])) !== 'written');
  expect(seen.every((body) => bodies.some((whole) => whole.equals(body)))).toBe(true);
  expect(seen.length).toBeGreaterThan(0);
});

test('a put that fails throws, and leaves nothing of the object', async () => {
  await mkdir(join(root, KEY, 'folder'), { recursive: true });
  await expect(folderStore(root).put(KEY, Buffer.from('first'))).rejects.toThrow(/EISDIR|ENOTEMPTY|EEXIST/);
  expect(await filesIn(root)).toEqual([]);
});

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1));
}
