/** How often a property is tried: a number of times, by as much as the variable FUZZ_RUNS says for longer runs. */
export function fuzzRuns(usual: number): number {
  return Math.ceil(usual * Number(process.env.FUZZ_RUNS ?? 1));
}
