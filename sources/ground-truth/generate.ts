import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../../core/errors';
import { DAY_S, type TimeRange } from '../../core/time';
import { loadCountries } from '../../schema/countries';
import { windowsOf } from '../landing/landing';
import { folderStore, PRIVATE_FOLDER } from '../landing/object-store';
import { landWindow } from '../simulator/landings';
import { type SimulationOptions, simulation } from '../simulator/simulation';
import { type AnswerKey, answerKeyOf, type Planted, plant } from './answer-key';

/** What was landed. */
export interface Generated {
  readonly events: number;
  readonly objects: number;
  readonly bytes: number;
}

export interface GenerateOptions {
  readonly simulation: SimulationOptions;
  readonly range: TimeRange;
  /** Seconds that one object covers, cut at multiples of it. @default a day */
  readonly windowS?: number;
  readonly onProgress?: (doneS: number, totalS: number) => void;
}

/** Lands a range of a simulation in `raw/`, and writes the answer key of all that the lake was ever given beside it. */
export async function generate(root: string, options: GenerateOptions): Promise<Generated> {
  const { range, windowS = DAY_S, onProgress } = options;
  const countries = loadCountries();
  const before = (await readAnswerKey(root))?.planted ?? [];
  const { planted, added } = planting(before, options.simulation, range);
  const simulate = simulation(options.simulation, countries);
  const store = folderStore(resolve(root));
  let total: Generated = { events: 0, objects: 0, bytes: 0 };
  for (const window of windowsOf(range, windowS)) {
    const { keys, eventCount, bytes } = await landWindow(simulate, window, store);
    total = { events: total.events + eventCount, objects: total.objects + keys.length, bytes: total.bytes + bytes };
    onProgress?.(window.to - range.from, range.to - range.from);
  }
  if (added.length > 0) await writeAnswerKey(root, answerKeyOf(planted, countries, today()));
  return total;
}

/**
 * Lands what has happened since the last window (or for the first time: since the last midnight), then a window every
 * `everyS` seconds until the signal, as the schedule would.
 */
export async function generateLive(
  root: string,
  options: SimulationOptions,
  everyS: number,
  signal: AbortSignal,
  onWindow: (window: TimeRange, landed: Generated) => void,
): Promise<void> {
  let from = await endOfPlanted(root, options);
  while (!signal.aborted) {
    const to = Math.floor(Date.now() / 1000);
    if (to > from) {
      const range = { from, to };
      onWindow(range, await generate(root, { simulation: options, range }));
      from = to;
    }
    await sleep(everyS * 1000, undefined, { signal }).catch(() => {}); // it ends by being aborted
  }
}

/** The answer key beside the lake, or undefined if the generator gave it nothing. Throws a UserError if it can't be read. */
export async function readAnswerKey(root: string): Promise<AnswerKey | undefined> {
  const path = answerKeyPath(root);
  if (!existsSync(path)) return undefined;
  try {
    return JSON.parse(await readFile(path, 'utf8')) as AnswerKey;
  } catch (error) {
    throw new UserError(`${path} is not an answer key: remove it, and generate into a new lake`, { cause: error });
  }
}

/** Today's date in UTC, for which current_date stands. */
export function today(): string {
  return new Date().toISOString().slice(0, 10);
}

export function answerKeyPath(root: string): string {
  return join(root, 'answer-key.json');
}

async function writeAnswerKey(root: string, key: AnswerKey): Promise<void> {
  const path = answerKeyPath(root);
  await mkdir(dirname(path), { recursive: true, mode: PRIVATE_FOLDER });
  await writeFile(`${path}.partial`, `${JSON.stringify(key, undefined, 1)}\n`);
  await rename(`${path}.partial`, path);
}

function planting(before: readonly Planted[], options: SimulationOptions, range: TimeRange): ReturnType<typeof plant> {
  try {
    return plant(before, options, range);
  } catch (error) {
    throw new UserError(String((error as Error).message), { cause: error });
  }
}

async function endOfPlanted(root: string, options: SimulationOptions): Promise<number> {
  const midnight = Math.floor(Date.now() / 1000 / DAY_S) * DAY_S;
  const { added } = planting((await readAnswerKey(root))?.planted ?? [], options, {
    from: midnight - 366 * DAY_S,
    to: midnight + DAY_S,
  });
  const rest = added.at(-1);
  return rest && rest.from > midnight - 366 * DAY_S ? rest.from : midnight;
}
