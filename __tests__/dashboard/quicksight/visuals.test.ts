import { expect, test } from '@jest/globals';
import { clickstreamDashboard } from '../../../dashboard/clickstream-dashboard';
import { quickSightVisual } from '../../../dashboard/quicksight/visuals';
import { visualOf } from '../../../dashboard/spec';

test.each([
  ['total-events', 'PERCENT_DIFFERENCE'],
  ['purchase-conversion', 'DIFFERENCE'],
])('the change of %s is a %s', (id, method) => {
  const visual = quickSightVisual(visualOf(clickstreamDashboard, id)!);
  expect(visual.KPIVisual?.ChartConfiguration?.KPIOptions?.Comparison?.ComparisonMethod).toBe(method);
});
