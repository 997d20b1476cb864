/** Loads the command line from `dist/`, which a checkout builds again when its sources have changed. */
const { existsSync } = require('node:fs');
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');

process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true'; // package.json says which versions of Node are supported

async function start() {
  const isCheckout = existsSync(join(__dirname, 'cli.ts'));
  if (isCheckout) await require('./build').ensureBuilt();
  await import(pathToFileURL(join(__dirname, '../dist/cli.mjs')).href);
}

start();
