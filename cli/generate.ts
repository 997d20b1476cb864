import { type Command, Option } from 'commander';
import { count } from '../core/terminal/output';
import { info, progress } from '../core/terminal/progress';
import { DAY_S } from '../core/time';
import { loadCountries } from '../schema/countries';
import { generate, generateLive } from '../sources/ground-truth/generate';
import { INCIDENT_KINDS, type Incident, parseIncident } from '../sources/simulator/incidents';
import { MODELS, type SimulationOptions } from '../sources/simulator/simulation';
import { addSimulationOptions, lakeOption, type SimulationFlags } from './options';
import { appended, duration, positive } from './parsers';
import { stopSignal } from './stop-signal';

interface GenerateFlags extends SimulationFlags {
  model: SimulationOptions['model'];
  population?: number;
  incident: Incident[];
  window: number;
  live?: true;
  every: number;
}

/** Adds `clickstream generate`. */
export function addGenerate(program: Command): void {
  const command = program
    .command('generate')
    .description('land simulated events in raw/, one object a day, and the answer key beside the lake')
    .addOption(lakeOption());
  addSimulationOptions(command)
    .addOption(
      new Option('--model <model>', 'journeys: users with sessions; independent: every event alone')
        .choices(MODELS)
        .default('journeys'),
    )
    .addOption(
      new Option(
        '--population <users>',
        'users present at any time (default: as many as have .2 sessions a day each)',
      ).argParser(positive),
    )
    .addOption(
      new Option(
        '--incident <incident...>',
        `plant KIND:COUNTRY:START/DURATION, such as checkout-outage:DE:2026-03-01T10:00/6h; kinds: ${INCIDENT_KINDS.join(', ')}`,
      )
        .argParser(appended((text) => parseIncident(text, loadCountries())))
        .default([], 'none'),
    )
    .addOption(
      new Option('--window <duration>', 'time that one object covers, such as 5m, 1h or 1d')
        .argParser(duration)
        .default(DAY_S, '1d'),
    )
    .option('--live', 'land what has happened since the last window, then a window every few seconds until Ctrl-C')
    .addOption(new Option('--every <seconds>', 'seconds between windows with --live').argParser(positive).default(5))
    .action(async (flags: GenerateFlags) => {
      const { lake, seed, model, eventsPerDay, population, incident, days, until } = flags;
      const options: SimulationOptions = { seed, model, eventsPerDay, population, incidents: incident };
      if (flags.live) return live(lake, options, flags.every);
      const bar = progress('generating');
      const range = { from: until - days * DAY_S, to: until };
      const { events, objects, bytes } = await generate(lake, {
        simulation: options,
        range,
        windowS: flags.window,
        onProgress: bar.update,
      }).finally(bar.stop);
      info(
        `landed ${count(events)} events in ${count(objects)} objects (${count(bytes)} bytes) in ${lake}/raw: "clickstream transform" is next`,
      );
    });
}

async function live(lake: string, options: SimulationOptions, everyS: number): Promise<void> {
  const signal = stopSignal();
  info(`a window every ${everyS} s into ${lake}/raw, until Ctrl-C`);
  await generateLive(lake, options, everyS, signal, ({ from, to }, { events }) =>
    info(`${new Date(from * 1000).toISOString()} to ${new Date(to * 1000).toISOString()}: ${count(events)} events`),
  );
}
