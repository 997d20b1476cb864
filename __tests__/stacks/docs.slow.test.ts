import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { parseStack } from '../../core/terraform/synthesized-stack';
import { findDocument } from '../../scripts/documents';
import { STACK_SECTIONS, stackSections } from '../../scripts/stack-sections';
import { synthesize } from './terraform';

describe('what the documentation shows of the stack', () => {
  let sections: ReturnType<typeof stackSections>;

  beforeAll(async () => {
    const file = join(await synthesize(), 'cdk.tf.json');
    sections = stackSections(parseStack(readFileSync(file, 'utf8'), file));
  });

  test.each(STACK_SECTIONS)('is up to date: %s (npx ts-node scripts/update-docs.ts stack)', (name) => {
    const document = readFileSync(findDocument(name), 'utf8');
    expect(document).toContain(`<!-- ${name} -->\n${sections[name]}\n<!-- /${name} -->`);
  });

  test('has a diagram with few enough nodes to be read', () => {
    const nodes = sections.architecture.match(/^ {4}\w+[[(]/gm) ?? [];
    expect(nodes.length).toBeGreaterThan(10);
    expect(nodes.length).toBeLessThanOrEqual(25);
  });
});
