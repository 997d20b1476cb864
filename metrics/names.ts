/** Name of the column that has a measure of the time before. */
export function beforeOf(measure: string): string {
  return `${measure}_before`;
}
