import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Emulator, hasEmulator, startEmulator } from '../../support/aws-emulator';
import { failedChecks, hasCheckov, skippedChecks } from './checkov';
import { hasTerraform, planJson, synthesize } from './terraform';

const ready = [hasTerraform(), hasEmulator(), hasCheckov()].every(Boolean);

/** What can be switched on, so that every resource is in some plan. */
const EVERYTHING = {
  environment: 'prod',
  replica_region: 'eu-west-1',
  kms_key_arn: 'arn:aws:kms:us-east-1:000000000000:key/mrk-11111111222233334444555555555555',
  alarm_email: 'alarms@example.com',
};

(ready ? describe : describe.skip)('checkov on the plan', () => {
  const skipped = skippedChecks();
  let emulator: Emulator;
  let failed: string[][];

  beforeAll(async () => {
    emulator = await startEmulator();
    const folder = await synthesize();
    failed = [];
    for (const variables of [{}, EVERYTHING])
      failed.push(await failedChecks(await planJson(folder, variables, emulator.endpoint)));
  });
  afterAll(() => emulator?.stop());

  test('fails no check that is not skipped with a reason', () => {
    const unexcused = failed.flat().filter((line) => !skipped.has(line.split(' ')[0]!));
    expect([...new Set(unexcused)]).toEqual([]);
  });

  test('needs every skip', () => {
    const needed = new Set(failed.flat().map((line) => line.split(' ')[0]));
    expect([...skipped.keys()].filter((check) => !needed.has(check))).toEqual([]);
  });

  test('every skip has its reason beside it', () => {
    expect([...skipped].filter(([, reason]) => reason === '')).toEqual([]);
  });
});
