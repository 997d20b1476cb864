import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { CreateJobCommand, GetJobRunsCommand, GlueClient } from '@aws-sdk/client-glue';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { jobName } from '../../core/names';
import { PROJECT } from '../../core/project';
import { type Emulator, hasEmulator, startEmulator } from '../../support/aws-emulator';
import type { Ended } from '../../support/processes';

(hasEmulator() ? describe : describe.skip)('replay and reprocess on AWS', () => {
  let emulator: Emulator;
  let glue: GlueClient;

  beforeAll(async () => {
    emulator = await startEmulator();
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    glue = new GlueClient({ endpoint: emulator.endpoint, region: 'eu-west-1', credentials });
    const command = { Name: 'glueetl', ScriptLocation: 's3://bucket/job.py' };
    await glue.send(new CreateJobCommand({ Name: jobName('dev'), Role: 'etl', Command: command }));
  });
  afterAll(() => emulator?.stop());

  test('give the deployed job what it is to do, and wait for its end', async () => {
    const flags = ['--reason', 'unknown_country', '--reason', 'invalid_user_age', '--replace', 'location:UK=GB'];
    const replay = await clickstream('replay', '--aws', '--region', 'eu-west-1', ...flags);
    expect(replay.stderr).toMatch(
      /clickstream-gluejob in eu-west-1, run .+\n(.*\n)*SUCCEEDED.*\n.*log: \/aws-glue\/jobs/,
    );
    const days = ['--from', '2026-03-01', '--to', '2026-03-31', '--timeout', '120'];
    const reprocess = await clickstream('reprocess', '--aws', 'dev', '--region', 'eu-west-1', ...days);
    expect([replay.code, reprocess.code]).toEqual([0, 0]);
    const { JobRuns = [] } = await glue.send(new GetJobRunsCommand({ JobName: jobName('dev') }));
    const given = JobRuns.map(({ Arguments }) => Arguments).sort(
      (a, b) => Object.keys(a!).length - Object.keys(b!).length,
    );
    expect(given).toEqual([
      { '--from': '2026-03-01', '--to': '2026-03-31' },
      {
        '--replay': 'unknown_country,invalid_user_age',
        '--replace': '["location:UK=GB"]',
        '--dry_run': 'false',
      },
    ]);
  });

  test('say which job is missing, where', async () => {
    const { code, stderr } = await clickstream('replay', '--aws', 'prod', '--region', 'eu-west-1');
    expect([code, stderr]).toEqual([
      1,
      'error: there is no job clickstream-gluejob-prod in eu-west-1: name the environment (--aws NAME) and the --region of the deployment\n',
    ]);
  });

  test('say what is in the way of a request', async () => {
    const { code, stderr } = await clickstream('replay', '--aws', '--region', 'mars-1');
    expect(code).toBe(2);
    expect(stderr).toContain('--region');
  });

  function clickstream(...args: readonly string[]): Promise<Ended> {
    const env = {
      ...process.env,
      AWS_ENDPOINT_URL: emulator.endpoint,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
    };
    return new Promise((resolve) => {
      execFile(process.execPath, [join(PROJECT, 'cli/clickstream.js'), ...args], { env }, (error, stdout, stderr) =>
        resolve({ code: error ? Number(error.code) : 0, signal: null, stdout, stderr }),
      );
    });
  }
});
