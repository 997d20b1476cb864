const { default: Sequencer } = require('@jest/test-sequencer');

/** Suites that take minutes, the longest first: a worker that gets one of them last keeps the others waiting. */
const LONG = [
  'deploy.e2e',
  'exactly-once',
  'parity',
  'rebuild',
  'job.spark',
  'engine.spark',
  'visuals.browser',
  'equality',
  'trino.spark',
  'page.browser',
  'planted-incidents',
  'files-and-folders',
  'crash.slow',
  'deploy.slow',
  'cli.slow',
  'plan.slow',
];

module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    const rank = ({ path }) => (LONG.findIndex((name) => path.includes(name)) + LONG.length + 1) % (LONG.length + 1);
    return [...super.sort(tests)].sort((a, b) => rank(a) - rank(b));
  }
};
