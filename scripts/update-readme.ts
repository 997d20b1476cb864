import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stackSections } from './stack-sections';
import { parseStack } from './synthesized-stack';

/**
 * Puts what the commands print into the README: `node local/run.js scripts/update-readme.ts [section …]`. All take some minutes;
 * what is read off the synthesized stack (architecture, settings, outputs, alarms) some seconds.
 */
const PROJECT = join(__dirname, '..');
const README = join(PROJECT, 'README.md');
const LAKE = '.lake-readme';

type StackSections = ReturnType<typeof stackSections>;
let stackTexts: StackSections | undefined;

const sections: Readonly<Record<string, () => string>> = {
  transcript() {
    rmSync(join(PROJECT, LAKE), { recursive: true, force: true });
    const text = run('local/clickstream.js', 'demo', '--no-serve', '--lake', LAKE, '--until', '2026-11-23');
    rmSync(join(PROJECT, LAKE), { recursive: true, force: true });
    return fenced(text.slice(0, text.indexOf('\nNext\n')).trim());
  },
  bench: () => fenced(run('local/run.js', 'bench/bench.ts').trim()),
  architecture: () => stackSection('architecture'),
  settings: () => stackSection('settings'),
  outputs: () => stackSection('outputs'),
  alarms: () => stackSection('alarms'),
};

let readme = readFileSync(README, 'utf8');
const wanted = process.argv.slice(2);
for (const [name, text] of Object.entries(sections)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const block = new RegExp(`(<!-- ${name} -->\n)[^]*?(<!-- /${name} -->)`);
  if (!block.test(readme)) throw new Error(`README.md has no block "${name}"`);
  const content = text();
  readme = readme.replace(block, (_, start: string, end: string) => `${start}${content}\n${end}`);
}
writeFileSync(README, readme);

/** Synthesizes the stack, once there is a section that shows it. */
function stackSection(name: keyof StackSections): string {
  stackTexts ??= synthesized();
  return stackTexts[name];
}

function synthesized(): StackSections {
  run('local/run.js', 'main.ts');
  const file = join(PROJECT, 'cdktf.out/stacks/clickstream/cdk.tf.json');
  return stackSections(parseStack(readFileSync(file, 'utf8'), file));
}

function fenced(text: string): string {
  return `\`\`\`\n${text}\n\`\`\``;
}

function run(...args: string[]): string {
  return execFileSync(process.execPath, args, { cwd: PROJECT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}
