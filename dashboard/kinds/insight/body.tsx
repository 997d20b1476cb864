import { formatLabel, formatValue } from '../../format';
import { insightsOf } from '../../insight';
import type { BodyProps } from '../../page/body';
import { Change } from '../../page/change';
import { MoversList } from '../../page/movers-list';
import type { Insight } from './kind';

/** The last period against the one before, in words, and what moved most. */
export function InsightBody({ visual, data, onMark }: BodyProps<Insight>) {
  const { time, measure } = visual;
  const { last, before, total, totalBefore, movers } = insightsOf(visual, data.main);
  return (
    <>
      <p class="sentence">
        {formatLabel(last, time)}: <strong>{formatValue(total, measure.format)}</strong> {measure.label.toLowerCase()}
        {before !== undefined && (
          <>
            , <Change measure={measure} value={total} before={totalBefore} /> from{' '}
            {formatValue(totalBefore, measure.format)} on {formatLabel(before, time)}
          </>
        )}
      </p>
      <MoversList visual={visual} movers={movers} onMark={onMark} />
    </>
  );
}
