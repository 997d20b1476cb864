/**
 * Runs a TypeScript program of this project: bundles it with esbuild (a few hundredths of a second, so that what runs is always
 * what the sources say, at full speed) and loads the bundle. Bundles lie one level deep, as the sources' folders do, so that
 * paths from `__dirname` to the project's files hold in both.
 */
const { createHash } = require('node:crypto');
const { existsSync, mkdirSync, renameSync, writeFileSync } = require('node:fs');
const { basename, join } = require('node:path');
const { buildSync } = require('esbuild');

const root = join(__dirname, '..');

exports.bundle = function bundle(entry) {
  const { outputFiles } = buildSync({
    entryPoints: [join(root, entry)],
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node20',
    packages: 'external',
    sourcemap: 'inline',
    sourcesContent: false,
    absWorkingDir: root,
    outdir: '.build',
    logLevel: 'error',
  });
  const code = outputFiles[0].text;
  const file = join(
    root,
    '.build',
    `${basename(entry, '.ts')}-${createHash('sha256').update(code).digest('hex').slice(0, 16)}.js`,
  );
  if (!existsSync(file)) {
    mkdirSync(join(root, '.build'), { recursive: true });
    writeFileSync(`${file}.${process.pid}`, code);
    renameSync(`${file}.${process.pid}`, file);
  }
  return file;
};

exports.run = function run(entry) {
  process.setSourceMapsEnabled(true);
  require(exports.bundle(entry));
};

if (require.main === module) {
  const [entry] = process.argv.splice(2, 1);
  exports.run(entry);
}
