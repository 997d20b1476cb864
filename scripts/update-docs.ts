import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../core/project';
import { synthesizeStack } from '../stacks/synthesize';
import { TS_NODE } from '../support/processes';
import { blockPattern, findDocument } from './documents';
import { STACK_SECTIONS, stackSections } from './stack-sections';

/**
 * Puts what the commands print into the documentation: `npx ts-node scripts/update-docs.ts [section …]`. All take some
 * minutes; what is read off the synthesized stack (`stack`: architecture, settings, outputs, alarms, price, cost, curve) some seconds.
 */
const LAKE = '.lake-readme';

type StackSections = ReturnType<typeof stackSections>;
let stackTexts: StackSections | undefined;

const sections: Readonly<Record<string, () => string>> = {
  transcript() {
    rmSync(join(PROJECT, LAKE), { recursive: true, force: true });
    const text = run('cli/clickstream.js', 'demo', '--no-serve', '--lake', LAKE, '--until', '2026-11-23');
    rmSync(join(PROJECT, LAKE), { recursive: true, force: true });
    return fenced(text.slice(0, text.indexOf('\nNext\n')).trim());
  },
  bench: () => fenced(run(...TS_NODE, 'bench/bench.ts').trim()),
  ...Object.fromEntries(STACK_SECTIONS.map((name) => [name, () => stackSection(name)])),
};

const wanted = process.argv.slice(2).flatMap((name) => (name === 'stack' ? STACK_SECTIONS : [name]));
for (const [name, text] of Object.entries(sections)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const file = findDocument(name);
  const content = text();
  const document = readFileSync(file, 'utf8');
  writeFileSync(
    file,
    document.replace(blockPattern(name), (_, start: string, end: string) => `${start}${content}\n${end}`),
  );
}

/** Synthesizes the stack, once there is a section that shows it. */
function stackSection(name: keyof StackSections): string {
  stackTexts ??= stackSections(synthesizeStack());
  return stackTexts[name];
}

function fenced(text: string): string {
  return `\`\`\`\n${text}\n\`\`\``;
}

function run(...args: string[]): string {
  return execFileSync(process.execPath, args, { cwd: PROJECT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}
