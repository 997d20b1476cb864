import { largestFirst } from '../../quicksight/emission';
import { shown } from '../../quicksight/fields';
import type { QuickSightKind } from '../../quicksight/kind';
import { tableConfiguration } from '../../quicksight/table-configuration';
import type { Movers } from './kind';

/** A table of all values: QuickSight's own movers compare two periods. It is read back as a table. */
export const quickSightMovers: QuickSightKind<Movers> = {
  readers: {},
  shownMeasuresOf: ({ measure }) =>
    (['current', 'before', 'difference', 'change'] as const).flatMap((of) => shown(of, [measure])),
  emit: (visual, emission) => {
    const order = largestFirst(visual, emission.shown.find(({ of }) => of === 'difference')!);
    return {
      TableVisual: {
        ...emission.common,
        ChartConfiguration: tableConfiguration(visual, [visual.by], emission, order),
      },
    };
  },
};
