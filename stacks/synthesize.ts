import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'cdktf';
import { parseStack, type SynthesizedStack } from '../core/terraform/synthesized-stack';
import { ClickstreamStack } from './clickstream-stack';

/** The stack as `cdktf synth` would write it. */
export function synthesizeStack(): SynthesizedStack {
  const outdir = mkdtempSync(join(tmpdir(), 'clickstream-'));
  try {
    const app = new App({ outdir });
    new ClickstreamStack(app);
    app.synth();
    const file = join(outdir, 'stacks/clickstream/cdk.tf.json');
    return parseStack(readFileSync(file, 'utf8'), file);
  } finally {
    rmSync(outdir, { recursive: true });
  }
}
