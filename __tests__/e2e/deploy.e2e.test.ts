import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DAY_S } from '../../core/time';
import { clickstreamDashboard } from '../../dashboard/clickstream-dashboard';
import { definitionOf } from '../../dashboard/quicksight/definition';
import { parseDefinition } from '../../dashboard/quicksight/definition-file';
import { diffDefinitions } from '../../dashboard/quicksight/diff';
import { dataSetsOf } from '../../dashboard/quicksight/filters';
import { targetOf } from '../../dashboard/quicksight/target';
import { generatorSettings } from '../../functions/generator/settings';
import type { Result } from '../../lake/duckdb/query';
import { verify } from '../../lake/verify';
import { analysis, analysisNames } from '../../metrics/analyses';
import { quantity } from '../../pricing/quantities';
import { usageOf } from '../../pricing/usage';
import { workloadOf } from '../../pricing/workload';
import { loadCountries } from '../../schema/countries';
import type { tables } from '../../schema/tables';
import { type AnswerKey, answersOf } from '../../sources/ground-truth/answer-key';
import { today } from '../../sources/ground-truth/generate';
import { landWindow } from '../../sources/simulator/landings';
import { type SimulatedEvent, simulation } from '../../sources/simulator/simulation';
import { synthesizeStack } from '../../stacks/synthesize';
import { type Emulator, hasEmulator, startEmulator } from '../../support/aws-emulator';
import { billed, type Recorder, recordCalls } from '../../support/aws-recorder';
import { type IcebergTable, readIcebergTable } from '../../support/iceberg-table';
import { hasSpark, type Run, submit } from '../../support/spark';
import { hasTrino, startTrino } from '../../support/trino';
import { type StandIn, startQuickSightStandIn } from '../dashboard/quicksight/stand-in';
import { usersOf } from '../sources/simulations';
import { type AllowStatement, allowing } from '../stacks/iam-policy';
import { hasTerraform } from '../stacks/terraform';
import { ACCOUNT, type Cloud, cloudAt, REGION, until } from './cloud';
import { type Deployment, deploymentAt, python } from './deployment';

/** Data sets that the dashboard in QuickSight needs. */
const DATA_SETS = dataSetsOf(clickstreamDashboard.sheets.flatMap(({ visuals }) => visuals)).length;

const VARIABLES = {
  force_destroy: true,
  lambda_schedule: 'rate(1 minute)',
  history_days: 3,
  on_demand_events_per_day: 30,
  alarm_email: 'data-team@example.com',
  quicksight_user: 'manager',
};

/** What the emulator does not keep, so that a plan would change it again: by resource and attribute. */
const EMULATOR_GAPS = new Set([
  'aws_cloudwatch_metric_alarm actions_enabled',
  'aws_cloudwatch_metric_alarm alarm_actions',
  'aws_cloudwatch_metric_alarm alarm_description',
  'aws_cloudwatch_metric_alarm dimensions',
  'aws_cloudwatch_metric_alarm ok_actions',
  'aws_cloudwatch_metric_alarm period',
  'aws_cloudwatch_metric_alarm statistic',
  'aws_cloudwatch_metric_alarm treat_missing_data',
  'aws_glue_job execution_class',
  'aws_glue_job execution_property',
  'aws_glue_job notification_property',
  'aws_glue_job tags_all',
  'aws_glue_trigger predicate',
]);

([hasTerraform(), hasEmulator(), hasSpark(), hasTrino()].every(Boolean) ? describe : describe.skip)(
  'one cdktf deploy',
  () => {
    let emulator: Emulator;
    let quickSight: StandIn;
    let deployment: Deployment;
    let cloud: Cloud;
    let recorder: Recorder;
    let before: unknown;
    let outputs: Readonly<Record<string, string>>;
    let bucket: string;
    /** Of the job's first run. */
    let requests: readonly string[] = [];

    beforeAll(async () => {
      emulator = await startEmulator();
      quickSight = await startQuickSightStandIn({ manager: 'READER' });
      deployment = deploymentAt(emulator.endpoint, quickSight.endpoint);
      cloud = cloudAt(emulator.endpoint);
      recorder = await recordCalls(emulator.endpoint, ACCOUNT, REGION);
      before = await inventory();
      await deployment.deploy(VARIABLES);
      outputs = await deployment.outputs();
      bucket = outputs.s3_bucket_name!;
    });
    afterAll(async () => {
      deployment?.remove();
      await recorder?.stop();
      await quickSight?.stop();
      await emulator?.stop();
    });

    test('lands the history, an object a day', async () => {
      const days = (await rawKeys()).map((key) => key.slice('raw/date='.length, 'raw/date=2026-01-01'.length));
      const whole = days.slice(0, 3);
      const midnight = Math.floor(Date.parse(days.at(-1)!) / 1000);
      expect(whole).toEqual([3, 2, 1].map((n) => new Date((midnight - n * DAY_S) * 1000).toISOString().slice(0, 10)));
    });

    test('lands a window at every tick of the schedule, in line with the history', async () => {
      const first = await landedUntil();
      const next = await until('a tick', async () => {
        const now = await landedUntil();
        return now > first ? now : undefined;
      });
      const windows = (await rawKeys()).map(windowOf).filter(({ to }) => to > first);
      expect(windows[0]!.from).toBe(first);
      expect(windows.at(-1)!.to).toBe(next);
    });

    test('lands at once what a signed request asks for', async () => {
      const { status, body } = await cloud.post(outputs.api_gateway_url!, { events: 25 }, { isSigned: true });
      expect(status).toBe(200);
      expect(body).toMatchObject({ events: 25 });
      const [key] = body.keys as string[];
      expect(linesOf(await cloud.object(bucket, key!))).toHaveLength(25);
      expect(key).toContain(body.correlation_id);
    });

    test('counts what requests land, and refuses what exceeds the limit of the day', async () => {
      const [key] = await cloud.keys(bucket, 'on-demand/');
      expect((await cloud.object(bucket, key!)).toString()).toBe('{"events":25}');
      const { status, body } = await cloud.post(outputs.api_gateway_url!, { events: 31 }, { isSigned: true });
      expect(status).toBe(429);
      expect(body).toMatchObject({ limit: 30, message: expect.stringContaining('on_demand_events_per_day') });
    });

    test('refuses an unsigned request, and a signed one that makes no sense', async () => {
      expect((await cloud.post(outputs.api_gateway_url!, { events: 25 }, { isSigned: false })).status).toBe(403);
      const { status, body } = await cloud.post(outputs.api_gateway_url!, { events: 'many' }, { isSigned: true });
      expect(status).toBe(400);
      expect(body.message).toContain('events');
    });

    test('leads from a row to the log line that made it', async () => {
      const [key] = (await rawKeys()).filter((name) => windowOf(name).isScheduled);
      const id = /([^/]+)-\d{4}\.ndjson\.gz$/.exec(key!)![1]!;
      expect(await cloud.metadata(bucket, key!)).toMatchObject({ 'correlation-id': id });
      const lines = await cloud.logLines(`/aws/lambda/${outputs.lambda_function_name}`, id);
      expect(lines.some((line) => line.includes('"correlation_id"') && line.includes(key!))).toBe(true);
    });

    test('counts in Athena what has landed', async () => {
      const counted = await until('a moment between two ticks', async () => {
        const keys = await rawKeys();
        const [[count]] = (await query('SELECT COUNT(*) FROM raw_events')) as [[string]];
        if ((await rawKeys()).length !== keys.length) return undefined;
        const lines = await Promise.all(keys.map(async (key) => linesOf(await cloud.object(bucket, key)).length));
        return { inAthena: Number(count), inObjects: lines.reduce((sum, length) => sum + length, 0) };
      });
      expect(counted.inAthena).toBe(counted.inObjects);
      expect(counted.inObjects).toBeGreaterThan(3 * 20 * 1440 * 0.8);
    });

    test('sends what fails for good to the dead letters, and a second try lands the same object', async () => {
      const name = outputs.lambda_function_name!;
      const environment = await cloud.environment(name);
      const to = (await landedUntil()) + 120; // ahead of the schedule, which then finds it done
      const tick = { source: 'aws.events', 'detail-type': 'Scheduled Event', id: 'e2e', time: isoTime(to), detail: {} };
      await cloud.setEnvironment(name, { ...environment, S3_BUCKET_NAME: 'no-such-bucket' });
      await cloud.invoke(name, tick, 'Event');
      const letter = await cloud.message(outputs.dead_letter_queue_url!, (body) => body.requestPayload?.id === 'e2e');
      expect(letter.responsePayload?.errorMessage).toMatch(/bucket/);
      await cloud.setEnvironment(name, environment);
      await cloud.invoke(name, letter.requestPayload, 'RequestResponse');
      expect((await rawKeys()).some((key) => windowOf(key).to === to)).toBe(true);
    });

    test('lands, byte for byte, what the simulator gives for those windows', async () => {
      const { simulation: options } = generatorSettings(await cloud.environment(outputs.lambda_function_name!));
      const simulate = simulation(options, loadCountries());
      const keys = (await rawKeys()).filter((key) => windowOf(key).isScheduled);
      expect(keys.length).toBeGreaterThanOrEqual(6);
      for (const key of keys) {
        const simulated = new Map<string, Buffer>();
        await landWindow(simulate, windowOf(key), { put: async (name, body) => void simulated.set(name, body) });
        expect(simulated.get(key)?.equals(await cloud.object(bucket, key))).toBe(true);
      }
    });

    test('has put exactly as many objects as the price counts for these windows', async () => {
      const world = workloadOf(synthesizeStack(), VARIABLES, usageOf());
      const puts = (await cloud.puts(bucket, 'raw/')).map(windowOf).filter(({ isScheduled }) => isScheduled);
      const windows = puts.sort((a, b) => a.from - b.from).slice(world.history.objects);
      expect(puts.slice(0, world.history.objects).at(-1)!.to).toBe(windows[0]!.from);
      const days = (windows.at(-1)!.to - windows[0]!.from) / DAY_S;
      expect(windows.length).toBe(Math.round(days * world.objects));
    });

    test('has Iceberg tables, born empty, partitioned by day and sorted', async () => {
      const empty = { format: 2, rows: [] };
      expect(await icebergTable('clickstream_table')).toMatchObject({
        ...empty,
        partition: expect.stringContaining('click_date_day: day'),
        order: expect.stringContaining('ASC'),
      });
      expect(await icebergTable('sessions')).toMatchObject({
        ...empty,
        partition: expect.stringContaining('session_start_day: day'),
      });
      expect(await icebergTable('failed_events')).toMatchObject(empty);
    });

    test('has a job that moves what has landed into the tables, each event once', async () => {
      await cloud.put(bucket, FAILING_KEY, FAILING);
      const earlier = recorder.requests.length;
      const run = await runJob('--grace_s', '0');
      requests = recorder.requests.slice(earlier);
      const archived = await cloud.keys(bucket, 'processed/');
      const simulated = archived.filter((key) => key.endsWith('.gz'));
      const lines = await Promise.all(simulated.map(async (key) => linesOf(await cloud.object(bucket, key)).length));
      const landed = lines.reduce((sum, length) => sum + length, 0);
      const failed = { unknown_country: 1 };
      expect(run.summary).toMatchObject({ accepted: landed, duplicates: 0, failed, files: archived.length });
      const { rows } = await icebergTable('clickstream_table');
      expect(new Set(rows.map(({ event_id }) => event_id)).size).toBe(landed);
      const sources = [...new Set(rows.map(({ source_file }) => source_file))].sort();
      expect(sources).toEqual(simulated.map((key) => key.replace('processed/', 'raw/')));
      expect((await icebergTable('sessions')).rows.length).toBeGreaterThan(0);
      expect((await icebergTable('failed_events')).rows).toMatchObject([{ source_file: FAILING_KEY, source_line: 1 }]);
    });

    test('has a job that asks of S3 no more than the price counts, and not much less', async () => {
      const objects = (await cloud.keys(bucket, 'processed/')).length;
      const { puts, gets, lists } = billed(requests);
      const share = {
        // As S3 bills them together. A first run has fewer old files to look through, and more days to write.
        putsAndLists:
          (puts + lists) / (quantity('job_puts') + quantity('job_lists') + objects * quantity('job_puts_per_object')),
        gets: gets / (quantity('job_gets') + objects * quantity('job_gets_per_object')),
      };
      expect(share.putsAndLists).toBeGreaterThan(0.5);
      expect(share.putsAndLists).toBeLessThan(1.1);
      expect(share.gets).toBeGreaterThan(0.75);
      expect(share.gets).toBeLessThan(1.1);
    });

    test('has saved queries that give, in Trino, what the events that landed add up to', async () => {
      const saved = await cloud.namedQueries(outputs.athena_workgroup_name!);
      const deployed = new Map(analysisNames().map((name) => [analysis(name), saved.get(name)]));
      expect([...saved.keys()].sort()).toEqual(analysisNames());
      const folder = await answerFolder(await cloud.keys(bucket, 'processed/'));
      const trino = await startTrino(emulator.endpoint);
      const differing: string[] = [];
      const query = (sql: string): Promise<Result> => trino.query(deployed.has(sql) ? deployed.get(sql)! : sql);
      for await (const { metric, verdict } of verify(folder, query)) if (verdict === 'DIFFERS') differing.push(metric);
      await trino.stop();
      rmSync(folder, { recursive: true });
      expect(differing).toEqual(['totals: failed_event_count']); // the one that is to be corrected
    });

    test('puts a failed event through, once it is corrected', async () => {
      const run = await runJob('--grace_s', '0', '--replay', 'unknown_country', '--replace', '["location:XX=DE"]');
      expect(run.summary).toMatchObject({ accepted: expect.any(Number), failed: {} });
      expect((await icebergTable('failed_events')).rows).toEqual([]);
      const { rows } = await icebergTable('clickstream_table');
      expect(rows.filter(({ event_id }) => event_id === 'corrected')).toMatchObject([{ country_code: 'DE' }]);
    });

    test('has a role for the job that allows all that it did, and nothing that it has no need of', async () => {
      const statements = await jobStatements();
      const refused = recorder.calls.filter((call) => allowing(statements, call).length === 0);
      expect([...new Set(refused.map(({ action, resource }) => `${action} ${resource}`))]).toEqual([]);
      const used = new Set(recorder.calls.flatMap((call) => allowing(statements, call).map(({ Sid }) => Sid)));
      expect(statements.map(({ Sid }) => Sid).filter((sid) => !used.has(sid) && !(sid in NEEDED_BY_GLUE))).toEqual([]);
    });

    test('plans no change the second time, whatever engines did to the tables', async () => {
      expect(await changes(VARIABLES)).toEqual([]);
    });

    test('changes for other settings only what they are for', async () => {
      const others = {
        log_retention_days: 7,
        events_per_execution: 40,
        athena_scan_limit_bytes: 50_000_000,
        etl_schedule: 'cron(0 3 * * ? *)',
        quicksight_user: '',
      };
      expect(await changes({ ...VARIABLES, ...others })).toEqual([
        'aws_athena_workgroup configuration',
        'aws_cloudwatch_log_group retention_in_days',
        'aws_cloudwatch_metric_alarm threshold',
        'aws_glue_trigger schedule',
        'aws_lambda_function environment',
        `destroy ${DATA_SETS + 2} of QuickSight`, // with the data source and the dashboard
      ]);
    });

    test('shows in QuickSight what the dashboard says', () => {
      const { definition } = parseDefinition(JSON.stringify(quickSight.described('clickstream-dashboard')));
      const { Options: _, ...expected } = definitionOf(clickstreamDashboard, targetOf(ACCOUNT, REGION, 'dev'));
      expect(diffDefinitions(definition, expected)).toEqual([]);
    });

    test('updates only the dashboard, in place, when a visual changes', async () => {
      const visual = clickstreamDashboard.sheets[0]!.visuals[0]!;
      quickSight.changes.length = 0;
      await deployment.applyWith(`"plain_text": "${visual.title}"`, '"plain_text": "All of them"', VARIABLES);
      expect(quickSight.changes).toEqual([
        'PUT dashboards/clickstream-dashboard',
        'PUT dashboards/clickstream-dashboard/versions/2',
      ]);
      expect(JSON.stringify(quickSight.described('clickstream-dashboard'))).toContain('"All of them"');
    });

    test('a second deploy, without QuickSight, leaves data and tables as they are', async () => {
      const keys = await cloud.keys(bucket, 'processed/');
      expect(quickSight.counts()).toEqual({ DataSource: 1, DataSet: DATA_SETS, Dashboard: 1 });
      const variables = { ...VARIABLES, log_retention_days: 7, quicksight_user: '' };
      await deployment.deploy(variables);
      expect(quickSight.counts()).toEqual({});
      expect(await changes(variables)).toEqual([]);
      expect(await cloud.keys(bucket, 'processed/')).toEqual(keys);
      expect((await icebergTable('clickstream_table')).rows.length).toBeGreaterThan(0);
    });

    test('cdktf destroy leaves nothing behind', async () => {
      expect(await inventory()).not.toEqual(before);
      await deployment.destroy(VARIABLES);
      expect(await deployment.resources()).toEqual([]);
      expect(await inventory()).toEqual(before);
    });

    /** A folder with the answer key of the events in objects, as the generator counts them. */
    async function answerFolder(keys: readonly string[]): Promise<string> {
      const events: SimulatedEvent[] = [];
      for (const key of keys.filter((name) => name.endsWith('.gz')))
        for (const line of linesOf(await cloud.object(bucket, key))) events.push(JSON.parse(line));
      const answers = answersOf(usersOf(events), loadCountries(), today());
      const folder = mkdtempSync(join(tmpdir(), 'clickstream-answers-'));
      const key: AnswerKey = { as_of: today(), planted: [], ...answers, incidents: [] };
      writeFileSync(join(folder, 'answer-key.json'), JSON.stringify(key));
      return folder;
    }

    /** Runs the deployed job, with arguments beside its own. */
    async function runJob(...args: readonly string[]): Promise<Run> {
      const job = await cloud.job(outputs.glue_job_name!);
      const run = await submit(recorder.endpoint, { ...job, args: [...job.args, ...args] });
      if (run.code !== 0) throw new Error(run.output);
      return run;
    }

    async function jobStatements(): Promise<AllowStatement[]> {
      const policies = (await deployment.values('aws_iam_role_policy')).filter(({ role }) =>
        String(role).includes('etl'),
      );
      return policies.flatMap(
        ({ policy }) => (JSON.parse(String(policy)) as { Statement: AllowStatement[] }).Statement,
      );
    }

    function inventory(): Promise<unknown> {
      return python('ministack', '__tests__/e2e/inventory.py', [], emulator.endpoint);
    }

    function icebergTable(name: keyof typeof tables): Promise<IcebergTable> {
      return readIcebergTable(`${outputs.glue_database_name}.${name}`, emulator.endpoint);
    }

    function rawKeys(): Promise<string[]> {
      return cloud.keys(bucket, 'raw/');
    }

    async function landedUntil(): Promise<number> {
      return Date.parse(await cloud.parameter(outputs.landed_until_parameter_name!)) / 1000;
    }

    function query(sql: string): Promise<(string | undefined)[][]> {
      return cloud.query(outputs.athena_workgroup_name!, outputs.glue_database_name!, sql);
    }

    /** What a plan would do, as `type attribute`, beyond the emulator's gaps; creations and destructions by their address. */
    async function changes(variables: Readonly<Record<string, string | number | boolean>>): Promise<string[]> {
      const { changes: changed, totals } = await deployment.diff(variables);
      const attributes = changed.flatMap(({ address, action, attributes: paths }) =>
        action === 'change'
          ? paths.map(({ path }) => `${address.split('.')[0]} ${path.split(/[.[]/)[0]}`)
          : address.startsWith('aws_quicksight_')
            ? []
            : [`${action} ${address}`],
      );
      const ofQuickSight = changed.filter(
        ({ address, action }) => action === 'destroy' && address.startsWith('aws_quicksight_'),
      );
      if (ofQuickSight.length > 0) attributes.push(`destroy ${ofQuickSight.length} of QuickSight`);
      if (totals.create > 0) attributes.push(`create ${totals.create}`);
      return [...new Set(attributes)].filter((change) => !EMULATOR_GAPS.has(change)).sort();
    }
  },
);

/** Permissions that Glue itself uses for a job, which local Spark has no need of. */
const NEEDED_BY_GLUE: Readonly<Record<string, string>> = {
  Locate: 'Glue asks where the bucket of a script is',
  DefaultDatabase: 'Glue looks for this database whatever a job does',
  Log: 'Glue writes what the job prints',
};

/** An event of an unknown country. */
const FAILING_KEY = 'raw/date=2026-01-01/failing.ndjson';
const FAILING =
  '{"event_id":"corrected","event_type":"click","user_id":"u","user_action":"home_page","location":"XX","timestamp":1767225600}\n';

/** The window that a key names; a request's keys have an id behind it. */
function windowOf(key: string): { from: number; to: number; isScheduled: boolean } {
  const [, from, to, rest] = /\/(\d{8}T\d{6}Z)-(\d{8}T\d{6}Z)(.*)-\d{4}\.ndjson\.gz$/.exec(key)!;
  return { from: epoch(from!), to: epoch(to!), isScheduled: rest === '' };
}

function epoch(compact: string): number {
  return Date.parse(compact.replace(/^(\d{4})(\d\d)(\d\dT\d\d)(\d\d)(\d\dZ)$/, '$1-$2-$3:$4:$5')) / 1000;
}

function isoTime(time: number): string {
  return new Date(time * 1000).toISOString().replace('.000', '');
}

function linesOf(gzipped: Buffer): string[] {
  return gunzipSync(gzipped).toString().split('\n').slice(0, -1);
}
