import { type BuildOptions, build } from 'esbuild';
import { CLI_BUILD, PAGE_BUILD } from '../cli/build';
import { noticesOf } from '../cli/notices';
import { FUNCTION_BUILD } from '../stacks/function-bundle';

const BUNDLES: readonly (readonly [heading: string, options: BuildOptions])[] = [
  ["The dashboard's page, which `serve` shows and `dashboard export` writes", PAGE_BUILD],
  ['The command line, in the npm package', CLI_BUILD],
  ['The Lambda function', FUNCTION_BUILD],
];

/** Renders THIRD-PARTY-NOTICES.md: the licenses of everything that is bundled with this project's code. */
export async function renderThirdPartyNotices(): Promise<string> {
  const sections: string[] = [];
  for (const [heading, options] of BUNDLES) {
    const { metafile } = await build({ ...options, metafile: true, write: false });
    sections.push(`## ${heading}\n\n${noticesOf(metafile).map(fenced).join('\n\n')}\n`);
  }
  return `# Third-party notices\n\nWritten by \`make licenses\` from the installed packages. docs/licenses.md lists all licenses.\n\n${sections.join('\n')}`;
}

function fenced(text: string): string {
  return `\`\`\`text\n${text}\n\`\`\``;
}
