import { useState } from 'preact/hooks';
import type { Measure } from '../../../metrics/measure';
import { beforeOf } from '../../../metrics/names';
import type { Definition } from '../../definitions';
import { changeOf, formatLabel, formatValue } from '../../format';
import type { BodyProps } from '../../page/body';
import { Change } from '../../page/change';
import { Defined } from '../../page/defined';
import { recordsOf } from '../../page/records';
import type { Cell } from '../../protocol';
import type { Table } from './kind';

type Fields = Readonly<Record<string, Cell>>;

interface Order {
  readonly column: string;
  readonly isDescending: boolean;
}

/** Rows of a table on paper, which `page.css` cuts there: half a page. */
const MOST_PRINTED = 20;

/** Whether a text is to be wrapped. */
function isLong(value: Cell | undefined): boolean {
  return typeof value === 'string' && value.length > 40;
}

/** Rows of which a click on the first column filters the other visuals. */
export function TableBody({ visual, data, onMark }: BodyProps<Table>) {
  const { rows: dimensions, measures, changes = [] } = visual;
  const [order, setOrder] = useState<Order>();
  const shown = sorted(withChanges(recordsOf(data.main), changes), order);
  const header = (id: string, definition: Definition, isNumber: boolean) => (
    <Header key={id} id={id} definition={definition} isNumber={isNumber} order={order} onOrder={setOrder} />
  );
  return (
    <div class="scroll">
      <table>
        <thead>
          <tr>
            {dimensions.map((dimension) => header(dimension.id, dimension, false))}
            {measures.map((measure) => header(measure.id, measure, true))}
            {changes.map((measure) => header(changeName(measure), changeDefinition(measure), true))}
          </tr>
        </thead>
        <tbody>
          {shown.map((record) => (
            <Row
              key={JSON.stringify(keysOf(visual, record))}
              visual={visual}
              record={record}
              onMark={() => onMark(keysOf(visual, record))}
            />
          ))}
        </tbody>
      </table>
      {shown.length > MOST_PRINTED && (
        <p class="printed muted">
          The first {MOST_PRINTED} of {shown.length} rows
        </p>
      )}
    </div>
  );
}

interface HeaderProps {
  readonly id: string;
  readonly definition: Definition;
  readonly isNumber: boolean;
  readonly order: Order | undefined;
  readonly onOrder: (order: Order) => void;
}

/** A column's name, which orders rows by it: numbers from the largest, and again the other way around. */
function Header({ id, definition, isNumber, order, onOrder }: HeaderProps) {
  const isOrdered = order?.column === id;
  return (
    <th
      scope="col"
      class={isNumber ? 'number' : ''}
      aria-sort={isOrdered ? (order.isDescending ? 'descending' : 'ascending') : undefined}
    >
      <Defined
        definitions={[definition]}
        onClick={() => onOrder({ column: id, isDescending: isOrdered ? !order.isDescending : isNumber })}
      >
        {definition.label}
      </Defined>
    </th>
  );
}

interface RowProps {
  readonly visual: Table;
  readonly record: Fields;
  readonly onMark: () => void;
}

function Row({ visual: { rows: dimensions, measures, changes = [] }, record, onMark }: RowProps) {
  return (
    <tr>
      {dimensions.map((dimension, n) => {
        const label = formatLabel(record[dimension.id], dimension);
        return (
          <td key={dimension.id} class={isLong(record[dimension.id]) ? 'long' : ''}>
            {n === 0 ? (
              <button type="button" class="mark" onClick={onMark}>
                {label}
              </button>
            ) : (
              label
            )}
          </td>
        );
      })}
      {measures.map(({ id, format }) => (
        <td key={id} class="number">
          {formatValue(record[id], format)}
        </td>
      ))}
      {changes.map((measure) => (
        <td key={measure.id} class="number">
          <Change measure={measure} value={record[measure.id]} before={record[beforeOf(measure.id)]} />
        </td>
      ))}
    </tr>
  );
}

function keysOf({ rows }: Table, record: Fields): Fields {
  return Object.fromEntries(rows.map(({ id }) => [id, record[id]!]));
}

function changeName({ id }: Measure): string {
  return `${id}_change`;
}

function changeDefinition({ label }: Measure): Definition {
  return { label: `${label}, change`, description: 'Compared with the previous period' };
}

/** Records with changes as columns, so that they can be ordered by them. */
function withChanges(records: readonly Fields[], changes: readonly Measure[]): Fields[] {
  return records.map((record) => ({
    ...record,
    ...Object.fromEntries(
      changes.map((measure) => [
        changeName(measure),
        changeOf(record[measure.id], record[beforeOf(measure.id)], measure.format) ?? null,
      ]),
    ),
  }));
}

function sorted(records: readonly Fields[], order: Order | undefined): readonly Fields[] {
  if (!order) return records;
  const sign = order.isDescending ? -1 : 1;
  return [...records].sort((a, b) => sign * compare(a[order.column], b[order.column]));
}

function compare(a: Cell | undefined, b: Cell | undefined): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (a === null || a === undefined) return -1;
  if (b === null || b === undefined) return 1;
  return String(a).localeCompare(String(b));
}
