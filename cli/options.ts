import { type Command, Option } from 'commander';
import { DAY_S } from '../core/time';
import { ENGINES, type EngineName } from '../lake/engine';
import { DEFAULT_EVENTS_PER_DAY } from '../sources/simulator/simulation';
import { positive, time, whole, wholePositive } from './parsers';

export interface LakeFlags {
  lake: string;
}

export interface EngineFlags extends LakeFlags {
  engine: EngineName;
}

/** Those of `addSimulationOptions`, and the lake. */
export interface SimulationFlags extends LakeFlags {
  days: number;
  eventsPerDay: number;
  until: number;
  seed: number;
}

/** `--lake`, for every command that has one. */
export function lakeOption(): Option {
  return new Option('--lake <dir>', 'folder of the lake').default('.lake');
}

/** `--engine`, for every command that has one. */
export function engineOption(): Option {
  return new Option('--engine <engine>', 'duckdb; or spark, which runs the Glue job and has Iceberg tables')
    .choices(ENGINES)
    .default('duckdb');
}

/** Adds the options that say what is simulated: `--days`, `--events-per-day`, `--until` and `--seed`. */
export function addSimulationOptions(command: Command): Command {
  return command
    .addOption(new Option('--days <number>', 'days of history').argParser(wholePositive).default(60))
    .addOption(
      new Option('--events-per-day <number>', 'expected events a day')
        .argParser(positive)
        .default(DEFAULT_EVENTS_PER_DAY),
    )
    .addOption(
      new Option('--until <time>', 'end of the history, such as 2026-03-01 or 2026-03-01T10:00 (UTC)')
        .argParser(time)
        .default(Math.floor(Date.now() / 1000 / DAY_S) * DAY_S, 'the last midnight UTC'),
    )
    .addOption(new Option('--seed <number>', 'the same seed gives the same events').argParser(whole).default(1));
}
