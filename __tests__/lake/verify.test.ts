import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { generate } from '../../sources/ground-truth/generate';
import { type TemporaryLake, temporaryLake } from '../../support/temporary-lake';
import { days, journeys } from '../sources/simulations';

let lake: TemporaryLake;
beforeEach(() => {
  lake = temporaryLake();
});
afterEach(() => lake.remove());

test('verify lists an analysis that the answer key does not have, and does not judge it', async () => {
  await generate(lake.root, { simulation: journeys, range: days(0, 1) });
  const findings = [];
  for await (const finding of verifyWith('signups')(lake.root, async () => ({ columns: ['n'], rows: [[7]] })))
    if (finding.metric.startsWith('signups')) findings.push(finding);
  expect(findings).toEqual([{ metric: 'signups: rows', expected: 'not in the answer key', got: 1, verdict: 'info' }]);
});

/** As it would be if this analysis were the only one. */
function verifyWith(name: string): typeof import('../../lake/verify').verify {
  const actual = jest.requireActual<typeof import('../../metrics/analyses')>('../../metrics/analyses');
  let loaded: typeof import('../../lake/verify') | undefined;
  jest.isolateModules(() => {
    jest.doMock('../../metrics/analyses', () => ({
      ...actual,
      analysisNames: () => [name],
      analysis: () => 'SELECT 7',
    }));
    loaded = require('../../lake/verify') as typeof import('../../lake/verify');
    jest.dontMock('../../metrics/analyses');
  });
  return loaded!.verify;
}
