import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { PROJECT } from '../../core/project';
import { start, TS_NODE } from '../../support/processes';

/** The backend that `main.ts` synthesizes in an environment of variables. */
async function backendWith(...variables: readonly string[]): Promise<Readonly<Record<string, unknown>>> {
  const folder = mkdtempSync(join(tmpdir(), 'clickstream-'));
  try {
    const clean = ['-u', 'CLICKSTREAM_ENVIRONMENT', '-u', 'CLICKSTREAM_STATE_BUCKET', `CDKTF_OUTDIR=${folder}`];
    const program = [process.execPath, ...TS_NODE, join(PROJECT, 'main.ts')];
    const { code, stderr } = await start('env', ...clean, ...variables, ...program).ended;
    expect({ code, stderr }).toMatchObject({ code: 0 });
    return JSON.parse(readFileSync(join(folder, 'stacks/clickstream/cdk.tf.json'), 'utf8')).terraform.backend;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('every environment has its own state, on this machine or in a bucket, where it is encrypted and locked', async () => {
  // One after the other: they bundle the same function.
  const backends = [
    await backendWith(),
    await backendWith('CLICKSTREAM_ENVIRONMENT=prod'),
    await backendWith('CLICKSTREAM_ENVIRONMENT=prod', 'CLICKSTREAM_STATE_BUCKET=states'),
  ];
  expect(backends).toEqual([
    { local: { path: expect.stringMatching(/\/terraform\.dev\.tfstate$/) } },
    { local: { path: expect.stringMatching(/\/terraform\.prod\.tfstate$/) } },
    {
      s3: expect.objectContaining({
        bucket: 'states',
        key: 'clickstream-bi/prod.tfstate',
        encrypt: true,
        use_lockfile: true,
      }),
    },
  ]);
});
