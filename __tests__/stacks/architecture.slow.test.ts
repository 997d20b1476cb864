import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { architecture } from '../../scripts/architecture';
import { parseStack } from '../../scripts/synthesized-stack';
import { PROJECT } from '../local/processes';
import { synthesize } from './terraform';

describe('the architecture of the stack', () => {
  let flowchart: string;

  beforeAll(async () => {
    const file = join(await synthesize(), 'cdk.tf.json');
    flowchart = architecture(parseStack(readFileSync(file, 'utf8'), file));
  }, 60_000);

  test('is what the README shows (node local/run.js scripts/update-readme.ts architecture)', () => {
    const readme = readFileSync(join(PROJECT, 'README.md'), 'utf8');
    expect(readme).toContain(`<!-- architecture -->\n\`\`\`mermaid\n${flowchart}\n\`\`\`\n<!-- /architecture -->`);
  });

  test('has few enough nodes to be read', () => {
    const nodes = flowchart.match(/^ {4}\w+[[(]/gm) ?? [];
    expect(nodes.length).toBeGreaterThan(10);
    expect(nodes.length).toBeLessThanOrEqual(25);
  });
});
