import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { PROJECT } from '../core/project';

/** What lets Node run a program in TypeScript. */
export const TS_NODE = ['--require', require.resolve('ts-node/register')] as const;

/** How a process ended, and all that it said. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves when its standard error matches; rejects if it ends before. */
  said(pattern: RegExp): Promise<void>;
}

/** Runs the real CLI to its end. */
export function clickstream(...args: string[]): Promise<Ended> {
  return startClickstream(...args).ended;
}

export function startClickstream(...args: string[]): Running {
  return start(process.execPath, join(PROJECT, 'cli/clickstream.js'), ...args);
}

/** Runs `killed.ts`, which ends itself with SIGKILL. */
export function killed(...args: string[]): Running {
  return start(process.execPath, ...TS_NODE, '__tests__/lake/killed.ts', ...args);
}

/** Runs a program in the project's folder. */
export function start(command: string, ...args: string[]): Running {
  return startIn(PROJECT, command, ...args);
}

export function startIn(cwd: string, command: string, ...args: string[]): Running {
  const child = spawn(command, args, {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, TZ: 'America/New_York' },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject).on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  const said = (pattern: RegExp): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (pattern.test(stderr)) resolve();
      };
      look();
      child.stderr.on('data', look);
      ended.then(() => reject(new Error(`it ended without saying ${pattern}: ${stderr}`)), reject);
    });
  return { child, ended, said };
}
