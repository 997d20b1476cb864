import { formatLabel, formatValue } from '../../format';
import type { BodyProps } from '../../page/body';
import { recordsOf } from '../../page/records';
import type { Cell } from '../../protocol';
import type { Funnel } from './kind';

/** Steps with the share that takes each. */
export function FunnelBody({ visual, data }: BodyProps<Funnel>) {
  const records = recordsOf(data.main);
  const count = (record: Readonly<Record<string, Cell>> | undefined): number =>
    Number(record?.[visual.measure.id] ?? 0);
  const first = count(records[0]);
  return (
    <ol class="funnel">
      {records.map((record, n) => (
        <li key={String(record[visual.step.id])}>
          <span class="name">{formatLabel(record[visual.name.id], visual.name)}</span>
          <span class="track">
            <span class="bar" style={{ width: `${(count(record) / (first || 1)) * 100}%` }} />
          </span>
          <span class="count">{formatValue(count(record), visual.measure.format)}</span>
          <span class="share">
            {n === 0
              ? ''
              : `${formatValue(count(record) / (count(records[n - 1]) || 1), 'percent')} of the step before`}
          </span>
        </li>
      ))}
    </ol>
  );
}
