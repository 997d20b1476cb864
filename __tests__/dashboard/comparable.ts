export type Rows = readonly (readonly unknown[])[];

/** In an order of their own, and numbers to nine digits, as sums of fractions depend on their order. */
export function comparable(rows: Rows): string[] {
  const rounded = (value: unknown): unknown => (typeof value === 'number' ? Number(value.toPrecision(9)) : value);
  return rows.map((row) => JSON.stringify(row.map(rounded))).sort();
}
