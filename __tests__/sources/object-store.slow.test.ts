import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { loadCountries } from '../../schema/countries';
import { dailyAllowance } from '../../sources/landing/daily-allowance';
import { windowsOf } from '../../sources/landing/landing';
import { folderStore, type ObjectStore } from '../../sources/landing/object-store';
import { s3Store, s3VersionedStore } from '../../sources/landing/s3-store';
import { landWindow } from '../../sources/simulator/landings';
import { simulation } from '../../sources/simulator/simulation';
import { type Emulator, hasEmulator, startEmulator } from '../../support/aws-emulator';
import { filesBelow } from '../../support/temporary-lake';
import { SIMULATION } from '../lake/crash-simulation';

const BUCKET = 'clickstream-test';
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'clickstream-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

(hasEmulator() ? describe : describe.skip)('a bucket', () => {
  let emulator: Emulator;
  let client: S3Client;

  beforeAll(async () => {
    emulator = await startEmulator();
    client = new S3Client({
      endpoint: emulator.endpoint,
      region: 'eu-central-1',
      forcePathStyle: true,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    await client.send(
      new CreateBucketCommand({ Bucket: BUCKET, CreateBucketConfiguration: { LocationConstraint: 'eu-central-1' } }),
    );
  });
  afterAll(async () => {
    client?.destroy();
    await emulator?.stop();
  });

  test('holds the same keys and bytes as a folder', async () => {
    const root = join(folder, 'same');
    const inFolder = await land(folderStore(root));
    expect(await land(s3Store(BUCKET, client))).toEqual(inFolder);
    const files = filesBelow(root);
    expect(files.size).toBe(12);
    expect(await objects()).toEqual(files);
  });

  test('is the same after landing again', async () => {
    await land(s3Store(BUCKET, client));
    const before = await objects();
    await land(s3Store(BUCKET, client));
    expect(await objects()).toEqual(before);
  });

  test('replaces an object that is put again', async () => {
    const store = s3Store(BUCKET, client);
    const [key] = [...(await objects()).keys()];
    const whole = (await objects()).get(key!)!;
    await store.put(key!, Buffer.from('half of it'));
    expect(await bytesOf(key!)).toEqual(Buffer.from('half of it'));
    await store.put(key!, whole);
    expect(gunzipSync(await bytesOf(key!)).toString()).toMatch(/^{"event_id":/);
  });

  test('says what its objects are, and that they are to stay gzip when they are downloaded', async () => {
    const key = [...(await objects()).keys()].at(-1);
    const head = await client.send(new HeadObjectCommand({ Bucket: BUCKET, Key: key }));
    expect(head.ContentType).toBe('application/gzip');
    expect(head.ContentEncoding).toBeUndefined();
    expect(head.Metadata).toEqual({ 'correlation-id': '20260111T200000Z-20260112T000000Z' });
  });

  test('that does not exist is an error, not a loss', async () => {
    await expect(land(s3Store('no-such-bucket', client))).rejects.toMatchObject({ name: 'NoSuchBucket' });
  });

  describe('with versions', () => {
    const [first, second, third] = ['1', '2', '3'].map((text) => Buffer.from(text)) as [Buffer, Buffer, Buffer];

    test('creates an object only where there is none, and replaces one only as it was read', async () => {
      const store = s3VersionedStore(BUCKET, client);
      const created = await store.replace('on-demand/a', first);
      expect(await store.replace('on-demand/a', second)).toBeUndefined();
      expect(await store.read('on-demand/a')).toEqual({ body: first, version: created });
      const replaced = await store.replace('on-demand/a', second, created);
      expect(await store.replace('on-demand/a', third, created)).toBeUndefined();
      expect(await store.read('on-demand/a')).toEqual({ body: second, version: replaced });
    });

    test('reads nothing where there is none, and does not replace what was deleted', async () => {
      const store = s3VersionedStore(BUCKET, client);
      const version = await store.replace('on-demand/b', first);
      await client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: 'on-demand/b' }));
      expect(await store.read('on-demand/b')).toBeUndefined();
      expect(await store.replace('on-demand/b', second, version)).toBeUndefined();
      expect(await store.replace('on-demand/b', second)).toBeDefined();
    });

    test('passes on every other error', async () => {
      const store = s3VersionedStore('no-such-bucket', client);
      await expect(store.replace('on-demand/a', first)).rejects.toMatchObject({ name: 'NoSuchBucket' });
      await expect(store.read('on-demand/a')).rejects.toMatchObject({ name: 'NoSuchBucket' });
    });

    test("keeps a day's limit to the last event between execution environments that all ask at once", async () => {
      const limit = 1000;
      const environments = Array.from({ length: 8 }, () => dailyAllowance(s3VersionedStore(BUCKET, client), limit));
      let granted = 0;
      for (let round = 0; round < 20; round++) {
        const outcomes = await Promise.all(environments.map(({ reserve }) => reserve(10, 0)));
        granted += 10 * outcomes.filter(({ isGranted }) => isGranted).length;
      }
      expect(granted).toBe(limit); // of 1600 that were asked for
      const { body } = (await s3VersionedStore(BUCKET, client).read('on-demand/date=1970-01-01/used.json'))!;
      expect(body.toString()).toBe('{"events":1000}');
    });
  });

  async function objects(): Promise<Map<string, Buffer>> {
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: BUCKET }));
    const keys = Contents.map(({ Key }) => Key!).sort();
    return new Map(await Promise.all(keys.map(async (key) => [key, await bytesOf(key)] as const)));
  }

  async function bytesOf(key: string): Promise<Buffer> {
    const { Body } = await client.send(new GetObjectCommand({ Bucket: BUCKET, Key: key }));
    return Buffer.from(await Body!.transformToByteArray());
  }
});

describe('a folder', () => {
  test('replaces an object that is put again, and has no half ones', async () => {
    const root = join(folder, 'again');
    await folderStore(root).put('raw/a', Buffer.from('first'));
    await folderStore(root).put('raw/a', Buffer.from('second'));
    expect([...filesBelow(root)]).toEqual([['raw/a', Buffer.from('second')]]);
  });

  test('that can not be written is an error, and nothing is left behind', async () => {
    const root = join(folder, 'blocked');
    mkdirSync(join(root, 'raw', 'a'), { recursive: true });
    await expect(folderStore(root).put('raw/a', Buffer.from('x'))).rejects.toMatchObject({ code: 'EISDIR' });
    writeFileSync(join(root, 'file'), '');
    await expect(folderStore(root).put('file/b', Buffer.from('x'))).rejects.toThrow(/EEXIST|ENOTDIR/);
    expect([...filesBelow(root).keys()]).toEqual(['file']);
  });
});

async function land(store: ObjectStore): Promise<{ keys: string[]; bytes: number }> {
  const simulate = simulation(SIMULATION.simulation, loadCountries());
  const keys: string[] = [];
  let bytes = 0;
  for (const window of windowsOf(SIMULATION.range, SIMULATION.windowS!)) {
    const landed = await landWindow(simulate, window, store);
    keys.push(...landed.keys);
    bytes += landed.bytes;
  }
  return { keys, bytes };
}
