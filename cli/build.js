/**
 * Builds `dist/` from the sources: the command line, and the dashboard's page. It needs no more than what `npm ci --omit=dev`
 * installs. Files are replaced one by one, each whole, and chunks have names of their content, so that several processes may build
 * at once, and one that runs keeps its own chunks.
 */
const fs = require('node:fs');
const { join, dirname, relative, resolve } = require('node:path');

const PROJECT = resolve(__dirname, '..');
const DIST = join(PROJECT, 'dist');
/** What the last build read; its time is that of the build's start. */
const INPUTS = join(DIST, 'inputs.json');
const DAY_MS = 86_400_000;

/** Never in the bundle: binaries, and the kit of the deployment to AWS, which is large. */
const NOT_BUNDLED = ['@duckdb/node-api', 'esbuild', 'constructs', 'cdktf', '@cdktf/provider-aws'];

/** Packages that a light installation may lack. */
const DEV_PACKAGES = Object.keys(require('../package.json').devDependencies);

/**
 * Leaves packages out of the bundle, to be loaded by `require` once they are needed: those above, and those that are not installed.
 * (What a module imports is resolved before anything runs, and can't be a folder.)
 */
const requireExternals = {
  name: 'require-externals',
  setup({ onResolve, onLoad }) {
    const filter = new RegExp(`^(${[...NOT_BUNDLED, ...DEV_PACKAGES].join('|')})(/|$)`);
    onResolve({ filter }, ({ path, kind, namespace }) => {
      if (namespace === 'required') return { path, external: true };
      const name = /^(@[^/]+\/)?[^/]+/.exec(path)[0];
      const isLeftOut = NOT_BUNDLED.includes(name) || !fs.existsSync(join(PROJECT, 'node_modules', name));
      if (kind !== 'entry-point' && isLeftOut) return { path, namespace: 'required' };
    });
    onLoad({ filter: /.*/, namespace: 'required' }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(path)});`,
    }));
  },
};

const COMMON = {
  bundle: true,
  write: false,
  legalComments: 'none', // THIRD-PARTY-NOTICES.md has the licenses
  absWorkingDir: PROJECT,
  logLevel: 'error',
};

/** How the dashboard's page is bundled. */
const PAGE_BUILD = {
  ...COMMON,
  entryPoints: { page: 'dashboard/page/main.tsx' },
  platform: 'browser',
  target: 'es2022',
  format: 'iife',
  minify: true,
  jsx: 'automatic',
  jsxImportSource: 'preact',
  outdir: 'dist/page',
};

/** How the command line is bundled: what a command does is loaded when it is run. */
const CLI_BUILD = {
  ...COMMON,
  entryPoints: { cli: 'cli/cli.ts' },
  platform: 'node',
  target: 'node20.19',
  format: 'esm',
  splitting: true,
  sourcemap: true,
  sourcesContent: false,
  mainFields: ['module', 'main'],
  plugins: [requireExternals],
  outdir: 'dist',
  outExtension: { '.js': '.mjs' },
  // What CommonJS packages and __dirname need in a module.
  banner: {
    js: "import{createRequire as $createRequire}from'node:module';const require=$createRequire(import.meta.url),__dirname=import.meta.dirname;",
  },
};

exports.PAGE_BUILD = PAGE_BUILD;
exports.CLI_BUILD = CLI_BUILD;

/** Builds if a source has changed since the last build. */
exports.ensureBuilt = async function ensureBuilt() {
  if (!isFresh()) await build();
};

function isFresh() {
  try {
    const built = fs.statSync(INPUTS).mtimeMs;
    return JSON.parse(fs.readFileSync(INPUTS, 'utf8')).every(
      (file) => fs.statSync(join(PROJECT, file)).mtimeMs <= built,
    );
  } catch {
    return false; // not built yet, or a source is gone
  }
}

async function build() {
  const { build } = require('esbuild'); // takes longer to load than all of the above
  const { noticesOf } = require('./notices');
  const start = new Date();
  const results = await Promise.all([PAGE_BUILD, CLI_BUILD].map((options) => build({ ...options, metafile: true })));
  const files = results.flatMap(({ outputFiles }) => outputFiles);
  // What names others comes after them.
  for (const { path, contents } of files.sort((a, b) => Number(isEntry(a.path)) - Number(isEntry(b.path))))
    write(path, contents);
  write(join(DIST, 'page/notices.txt'), noticesOf(results[0].metafile).join('\n\n'));
  const world = 'dashboard/page/world.json';
  write(join(DIST, 'page/world.json'), fs.readFileSync(join(PROJECT, world)));
  const inputs = results
    .flatMap(({ metafile }) => Object.keys(metafile.inputs))
    .filter((file) => fs.existsSync(join(PROJECT, file)) && !file.includes('node_modules/'));
  write(INPUTS, JSON.stringify(['package.json', 'package-lock.json', relative(PROJECT, __filename), world, ...inputs]));
  fs.utimesSync(INPUTS, start, start);
  removeOld(new Set([INPUTS, ...files.map(({ path }) => path)]));
}

function isEntry(path) {
  return dirname(path) === DIST && !/-[A-Z0-9]{8}\./.test(path);
}

function write(path, contents) {
  const partial = `${path}.${process.pid}.partial`;
  fs.mkdirSync(dirname(path), { recursive: true });
  fs.writeFileSync(partial, contents);
  fs.renameSync(partial, path);
}

/** Removes what earlier builds left, once nothing runs that could still load it. */
function removeOld(current) {
  for (const name of fs.readdirSync(DIST)) {
    const path = join(DIST, name);
    const stats = fs.statSync(path, { throwIfNoEntry: false });
    if (stats?.isFile() && !current.has(path) && stats.mtimeMs < Date.now() - DAY_MS) fs.rmSync(path, { force: true });
  }
}

if (require.main === module) {
  fs.rmSync(DIST, { recursive: true, force: true });
  build();
}
