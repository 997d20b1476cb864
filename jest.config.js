/** Packages that are ES modules only, and what they import: Jest takes modules of CommonJS. */
const ES_MODULES = ['eventemitter3', 'p-queue', 'p-timeout'];

/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/__tests__/**/*.test.ts'],
  transform: {
    '\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }],
    '\\.js$': ['@swc/jest', { jsc: { target: 'es2022' }, module: { type: 'commonjs' } }],
  },
  transformIgnorePatterns: [`/node_modules/(?!(${ES_MODULES.join('|')})/)`],
  modulePathIgnorePatterns: ['<rootDir>/.lake', '<rootDir>/dist'],
  testTimeout: 30 * 60_000, // a safety net for what hangs, not a verdict: slow suites take minutes, and a busy machine several times as long
  globalSetup: '<rootDir>/jest.setup.js',
  testSequencer: '<rootDir>/jest.sequencer.js',
};
