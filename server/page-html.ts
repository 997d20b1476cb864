import { createHash } from 'node:crypto';
import type { PageContext } from '../dashboard/protocol';
import type { PageAssets } from './page-assets';

/** The page that a server sends, which loads what it consists of. */
export function servedPage(title: string): string {
  return page(
    title,
    '<link rel="stylesheet" href="/page.css">',
    `<noscript>The dashboard is drawn by a script that this server sends: allow it.</noscript>
<script src="/page.js"></script>`,
  );
}

/** The page as one file with all that it shows, which loads nothing and runs nothing but its own script. */
export function exportedPage(context: PageContext, { script, style, world, notices }: PageAssets): string {
  const code = script.replaceAll('</script', '<\\/script');
  const policy = [
    "default-src 'none'",
    `script-src '${hashOf(code)}'`,
    `style-src '${hashOf(style)}'`,
    'img-src data: blob:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return page(
    context.dashboard.name,
    `<meta http-equiv="Content-Security-Policy" content="${policy}">
<style>${style}</style>`,
    `${data('exported', JSON.stringify(context))}
${data('world', world)}
<script>${code}</script>
<!-- This page contains the following software.

${notices.replaceAll(/--(!?)>/g, '--$1 >')}
-->`,
  );
}

function page(title: string, head: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<link rel="icon" href="data:,">
${head}
</head>
<body>
<div id="page"></div>
${body}
</body>
</html>
`;
}

function data(id: string, json: string): string {
  return `<script type="application/json" id="${id}">${json.replaceAll('<', '\\u003c')}</script>`;
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
