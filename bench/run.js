/**
 * Runs a TypeScript program as its sources lie: the tests' harness, which benchmarks of Spark and Trino use, finds files from its
 * own folders, and a bundle would have but one.
 */
const { transformFileSync } = require('@swc/core');

const options = { module: { type: 'commonjs' }, jsc: { target: 'es2022', parser: { syntax: 'typescript' } } };

require.extensions['.ts'] = (module, file) => module._compile(transformFileSync(file, options).code, file);

const [entry] = process.argv.splice(2, 1);
require(require('node:path').resolve(entry));
