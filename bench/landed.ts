import type { TimeRange } from '../core/time';
import { loadCountries } from '../schema/countries';
import { windowsOf } from '../sources/landing/landing';
import { landWindow } from '../sources/simulator/landings';
import { type SimulationOptions, simulation } from '../sources/simulator/simulation';

export type Files = readonly (readonly [key: string, body: Buffer])[];

/** What lands in windows of so many seconds, by key, and the events in it. */
export async function landed(
  eventsPerDay: number,
  range: TimeRange,
  windowS: number,
  seed = 1,
): Promise<{ readonly files: Files; readonly events: number }> {
  const options: SimulationOptions = { seed, model: 'journeys', eventsPerDay, incidents: [] };
  const simulate = simulation(options, loadCountries());
  const files: [string, Buffer][] = [];
  let events = 0;
  const put = async (key: string, body: Buffer): Promise<void> => void files.push([key, body]);
  for (const window of windowsOf(range, windowS)) events += (await landWindow(simulate, window, { put })).eventCount;
  return { files, events };
}

export async function timed<T>(action: () => Promise<T>): Promise<{ readonly seconds: number; readonly result: T }> {
  const start = performance.now();
  const result = await action();
  return { seconds: (performance.now() - start) / 1000, result };
}
