import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DAY_S, type TimeRange } from '../core/time';
import { openLake } from '../lake/duckdb/open-lake';
import { transform } from '../lake/duckdb/transform';
import { loadCountries } from '../schema/countries';
import { windowsOf } from '../sources/landing/landing';
import { folderStore } from '../sources/landing/object-store';
import { serialize } from '../sources/landing/serialize';
import { landWindow } from '../sources/simulator/landings';
import { type SimulationOptions, simulation } from '../sources/simulator/simulation';

/** One measured task in a process of its own: prints a JSON object with its seconds, what it did, and its peak memory. */
const TASKS: Readonly<Record<string, (...args: string[]) => Promise<Record<string, number>>>> = {
  /** Simulates and serializes a day of so many events. */
  async simulate(eventsPerDay) {
    const simulate = simulation(optionsOf(Number(eventsPerDay)), loadCountries());
    const start = performance.now();
    let [events, bytes, text] = [0, 0, ''];
    for (const session of simulate(days(1))) {
      for (const event of session) text += serialize(event, END);
      events += session.length;
      if (text.length < 1 << 14) continue;
      bytes += Buffer.from(text, 'latin1').length;
      text = '';
    }
    return { events, bytes, seconds: since(start) };
  },
  /** Lands days of so many events in windows of so many seconds. */
  async land(lake, eventsPerDay, count, windowS) {
    const simulate = simulation(optionsOf(Number(eventsPerDay)), loadCountries());
    const start = performance.now();
    let [events, objects] = [0, 0];
    for (const window of windowsOf(days(Number(count)), Number(windowS))) {
      const landed = await landWindow(simulate, window, folderStore(lake!));
      events += landed.eventCount;
      objects += landed.keys.length;
    }
    return { events, objects, seconds: since(start) };
  },
  /** Transforms whatever is in the lake's raw/; opening the lake counts. */
  async transform(root) {
    mkdirSync(join(root!, 'raw'), { recursive: true });
    const start = performance.now();
    const lake = await openLake(root!, { mode: 'write' });
    const { new_events, files } = await transform(lake);
    lake.close();
    return { events: new_events, files, seconds: since(start) };
  },
  /** Lands a window of five minutes of the default volume, the n-th before the end, and transforms it. */
  async batch(root, n) {
    const simulate = simulation({ ...optionsOf(5760), seed: 2 }, loadCountries());
    const to = END - Number(n) * 300;
    await landWindow(simulate, { from: to - 300, to }, folderStore(root!));
    return TASKS.transform!(root!);
  },
};

/** The last midnight, since the dashboard shows the last days. */
const END = Math.floor(Date.now() / 1000 / DAY_S) * DAY_S;

function optionsOf(eventsPerDay: number): SimulationOptions {
  return { seed: 1, model: 'journeys', eventsPerDay, incidents: [] };
}

function days(count: number): TimeRange {
  return { from: END - count * DAY_S, to: END };
}

function since(start: number): number {
  return (performance.now() - start) / 1000;
}

const [task, ...args] = process.argv.slice(2);
TASKS[task!]!(...args).then((result) =>
  console.log(JSON.stringify({ ...result, peak_mib: process.resourceUsage().maxRSS / 1024 })),
);
