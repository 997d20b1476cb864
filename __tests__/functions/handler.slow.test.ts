import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { unzipSync } from 'fflate';
import type { TimeRange } from '../../core/time';
import { DAY_S, HOUR_S } from '../../core/time';
import { generatorSettings } from '../../functions/generator/settings';
import { folderStore } from '../../sources/landing/object-store';
import { landWindow } from '../../sources/simulator/landings';
import { simulation } from '../../sources/simulator/simulation';
import { bundleFunction } from '../../stacks/function-bundle';
import { type Emulator, hasEmulator, startEmulator } from '../../support/aws-emulator';
import { filesBelow } from '../../support/temporary-lake';
import { countries, START } from '../sources/simulations';

const WINDOW_S = 300;
const NOON = START + 12 * HOUR_S;
const TICK = { source: 'aws.events', 'detail-type': 'Scheduled Event', time: '2026-03-02T12:03:17Z' };
const ID = '20260302T115500Z-20260302T120000Z';
const KEY = `raw/date=2026-03-02/hour=11/${ID}-0000.ndjson.gz`;
const COUNT_KEY = 'on-demand/date=2026-03-02/used.json';
const PARAMETER = '/clickstream/landed-until';
const ACCOUNT = { AWS_REGION: 'eu-central-1', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' };
const GENERATOR = {
  EVENTS_PER_EXECUTION: '20',
  ON_DEMAND_EVENTS_PER_DAY: '100',
  WINDOW_S: String(WINDOW_S),
  POPULATION: '',
  LANDED_UNTIL_PARAMETER: PARAMETER,
  POWERTOOLS_SERVICE_NAME: 'clickstream-dev-generator',
};
/** Invokes the handler with one event after the other, as one execution environment would, and prints each outcome. */
const RUNTIME = `
  const { handler } = require('./functions/handler');
  (async () => {
    for (const [n, event] of JSON.parse(process.argv[1]).entries()) {
      const context = { awsRequestId: 'request-' + n, functionName: 'generator', memoryLimitInMB: '512' };
      const outcome = await handler(event, context).then((result) => ({ result }), ({ message }) => ({ message }));
      console.log(JSON.stringify({ outcome }));
    }
  })();
`;

type Line = Readonly<Record<string, unknown>>;

(hasEmulator() ? describe : describe.skip)('the function as it is deployed', () => {
  let emulator: Emulator;
  let folder: string;
  let s3: S3Client;
  let ssm: SSMClient;
  let bucket: string;
  let buckets = 0;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'clickstream-'));
    unpack(bundleFunction().zip, join(folder, 'task'));
    emulator = await startEmulator();
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const options = { endpoint: emulator.endpoint, region: ACCOUNT.AWS_REGION, credentials };
    s3 = new S3Client({ ...options, forcePathStyle: true });
    ssm = new SSMClient(options);
  });
  afterAll(async () => {
    s3?.destroy();
    ssm?.destroy();
    await emulator?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  beforeEach(async () => {
    bucket = `clickstream-${buckets++}`;
    const CreateBucketConfiguration = { LocationConstraint: 'eu-central-1' } as const;
    await s3.send(new CreateBucketCommand({ Bucket: bucket, CreateBucketConfiguration }));
    await ssm.send(new PutParameterCommand({ Name: PARAMETER, Value: '-', Type: 'String', Overwrite: true }));
  });

  test('lands the window of a scheduled event in the bucket, byte for byte as in a folder', async () => {
    await invoke(TICK);
    expect(await objects()).toEqual(await inFolder({ from: NOON - WINDOW_S, to: NOON }));
    expect(await landedUntil()).toBe('2026-03-02T12:00:00Z');
  });

  test('leads from the object to the log line, and counts what it landed', async () => {
    const { logged, metrics } = await invoke(TICK);
    const { ContentType, Metadata, ContentLength: bytes } = await head(KEY);
    expect({ ContentType, Metadata }).toEqual({ ContentType: 'application/gzip', Metadata: { 'correlation-id': ID } });
    expect(logged).toMatchObject([
      {
        level: 'INFO',
        service: 'clickstream-generator',
        function_request_id: 'request-0',
        invoked_by: 'schedule',
        correlation_id: ID,
        window_from: '2026-03-02T11:55:00Z',
        window_to: '2026-03-02T12:00:00Z',
        events: expect.any(Number),
        objects: 1,
        bytes,
        keys: [KEY],
      },
    ]);
    expect(metrics).toEqual([
      {
        _aws: {
          Timestamp: expect.any(Number),
          CloudWatchMetrics: [
            {
              Namespace: 'Clickstream',
              Dimensions: [['service']],
              Metrics: [
                { Name: 'BytesLanded', Unit: 'Bytes' },
                { Name: 'EventsLanded', Unit: 'Count' },
                { Name: 'WindowsLanded', Unit: 'Count' },
                { Name: 'WindowsCaughtUp', Unit: 'Count' },
              ],
            },
          ],
        },
        service: 'clickstream-dev-generator',
        BytesLanded: bytes,
        EventsLanded: logged[0]!.events,
        WindowsLanded: 1,
        WindowsCaughtUp: 0,
      },
    ]);
  });

  test('leaves what has landed when it is retried, and lands what was missed when it comes late', async () => {
    await invoke(TICK, TICK);
    const { metrics } = await invoke({ ...TICK, time: '2026-03-02T12:30:00Z' });
    const windows = [-1, 0, 1, 2, 3, 4, 5].map((n) => ({ from: NOON + n * WINDOW_S, to: NOON + (n + 1) * WINDOW_S }));
    expect(await objects()).toEqual(await inFolder(...windows));
    expect(metrics).toMatchObject([{ WindowsCaughtUp: 5 }]);
    expect(await landedUntil()).toBe('2026-03-02T12:30:00Z');
  });

  test('keeps the lines of invocations apart', async () => {
    const { logged, metrics } = await invoke(TICK, { from: '2026-03-01', to: '2026-03-02' });
    expect(logged.map(({ function_request_id, invoked_by }) => [function_request_id, invoked_by])).toEqual([
      ['request-0', 'schedule'],
      ['request-1', 'backfill'],
    ]);
    expect(metrics[1]).toMatchObject({ EventsLandedOnDemand: logged[1]!.events });
    expect(metrics[1]).not.toHaveProperty('EventsLanded');
  });

  test('lands a history, from which the schedule goes on', async () => {
    const { outcomes } = await invoke({ history_days: 1 });
    expect(outcomes).toEqual([
      { result: expect.objectContaining({ events: expect.any(Number), to: await landedUntil() }) },
    ]);
    const midnight = Math.floor(Date.now() / 1000 / DAY_S) * DAY_S;
    const yesterday = await inFolder({ from: midnight - DAY_S, to: midnight });
    expect([...(await objects())]).toEqual(expect.arrayContaining([...yesterday]));
  });

  test('answers a request with the keys of what it landed, and counts it', async () => {
    const { outcomes } = await invoke(request('JKJaXmPLvHcESHA=', 20));
    const key = KEY.replace('-0000.', '-JKJaXmPLvHcESHA_-0000.');
    const body = JSON.stringify({ events: 20, keys: [key], correlation_id: `${ID}-JKJaXmPLvHcESHA_` });
    expect(outcomes).toMatchObject([{ result: { statusCode: 200, body } }]);
    const landed = await objects();
    expect([...landed.keys()]).toEqual([COUNT_KEY, key]);
    expect(landed.get(COUNT_KEY)!.toString()).toBe('{"events":20}');
    expect(await landedUntil()).toBe('-');
  });

  test('lands no more events of requests in a day than it may, whichever execution environment is asked', async () => {
    const statusOf = ({ outcomes }: { outcomes: Line[] }) =>
      outcomes.map(({ result }) => (result as { statusCode: number }).statusCode);
    expect(statusOf(await invoke(request('a', 60), request('b', 60), request('c', 30)))).toEqual([200, 429, 200]);
    const elsewhere = await invoke(request('d', 20), request('e', 10), request('f', 1), TICK);
    expect(statusOf({ outcomes: elsewhere.outcomes.slice(0, 3) })).toEqual([429, 200, 429]);
    expect((await objects()).get(COUNT_KEY)!.toString()).toBe('{"events":100}');
    expect(await landedUntil()).toBe('2026-03-02T12:00:00Z'); // the schedule has no limit
  });

  test('fails on what it does not know, and on a bucket that is not there, and still publishes its metrics', async () => {
    bucket = 'no-such-bucket';
    const { outcomes, logged, metrics } = await invoke({ foo: 1 }, TICK);
    expect(outcomes).toEqual([
      { message: expect.stringContaining('can\'t tell what to generate for {"foo":1}') },
      { message: expect.stringContaining('bucket') },
    ]);
    expect(logged).toMatchObject([{ level: 'ERROR', correlation_id: ID, error: { name: 'NoSuchBucket' } }]);
    expect(metrics).toMatchObject([{ EventsLandedOnDemand: 0 }, { EventsLanded: 0, WindowsCaughtUp: 0 }]);
    expect(await landedUntil()).toBe('-');
  });

  test('refuses a watermark that is no time', async () => {
    await ssm.send(new PutParameterCommand({ Name: PARAMETER, Value: 'noon', Overwrite: true }));
    const message = `the parameter ${PARAMETER} is "noon" instead of a time: set it to one such as 2026-11-25T01:45:00Z, or to -`;
    expect((await invoke(TICK)).outcomes).toEqual([{ message }]);
  });

  test('says which setting is wrong when it starts', async () => {
    await expect(run([], { ...GENERATOR, WINDOW_S: '0' })).rejects.toThrow('WINDOW_S is "0": set it to');
  });

  async function invoke(...events: unknown[]): Promise<{ outcomes: Line[]; logged: Line[]; metrics: Line[] }> {
    const lines = (await run(events, GENERATOR))
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Line);
    return {
      outcomes: lines.filter((line) => 'outcome' in line).map(({ outcome }) => outcome as Line),
      logged: lines.filter((line) => 'level' in line),
      metrics: lines.filter((line) => '_aws' in line),
    };
  }

  /** What it writes to the log, errors last. */
  async function run(events: readonly unknown[], settings: typeof GENERATOR): Promise<string> {
    const env = { ...ACCOUNT, ...settings, AWS_ENDPOINT_URL: emulator.endpoint, S3_BUCKET_NAME: bucket };
    const options = { cwd: join(folder, 'task'), env };
    const args = ['-e', RUNTIME, JSON.stringify(events)];
    const { stdout, stderr } = await promisify(execFile)(process.execPath, args, options);
    return stdout + stderr;
  }

  /** What the windows land in a folder, by the simulation that the function's settings name. */
  async function inFolder(...windows: readonly TimeRange[]): Promise<Map<string, Buffer>> {
    const root = mkdtempSync(join(folder, 'expected-'));
    const settings = generatorSettings({ ...GENERATOR, S3_BUCKET_NAME: bucket });
    const simulate = simulation(settings.simulation, countries);
    for (const window of windows) await landWindow(simulate, window, folderStore(root));
    return filesBelow(root);
  }

  async function objects(): Promise<Map<string, Buffer>> {
    const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: bucket }));
    const keys = Contents.map(({ Key }) => Key!).sort();
    return new Map(await Promise.all(keys.map(async (key) => [key, await bytesOf(key)] as const)));
  }

  async function bytesOf(key: string): Promise<Buffer> {
    return Buffer.from(await (await head(key)).Body!.transformToByteArray());
  }

  function head(Key: string) {
    return s3.send(new GetObjectCommand({ Bucket: bucket, Key }));
  }

  async function landedUntil(): Promise<string> {
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: PARAMETER }));
    return Parameter!.Value!;
  }
});

/** A request of the HTTP API at noon. */
function request(requestId: string, events: number): object {
  const requestContext = { requestId, timeEpoch: NOON * 1000 };
  return { version: '2.0', requestContext, isBase64Encoded: false, body: JSON.stringify({ events }) };
}

function unpack(zip: Uint8Array, folder: string): void {
  for (const [name, content] of Object.entries(unzipSync(zip))) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
}
