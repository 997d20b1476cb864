import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PROJECT } from '../core/project';

const MINISTACK = join(PROJECT, '.venv/ministack/bin/ministack');

/** Whether the emulator is installed. In continuous integration it must be: throws if it is not. */
export function hasEmulator(): boolean {
  if (existsSync(MINISTACK)) return true;
  const message = `${MINISTACK} is missing: "make test" installs it`;
  if (process.env.CI) throw new Error(message);
  process.stderr.write(`skipped: ${message}\n`);
  return false;
}

/** An AWS of its own, in memory, on this machine's loopback interface alone. */
export interface Emulator {
  readonly endpoint: string;
  stop(): Promise<void>;
}

export async function startEmulator(): Promise<Emulator> {
  const port = await freePort();
  const child = spawn(MINISTACK, {
    stdio: ['ignore', 'ignore', 'pipe'],
    // Without the last two it would listen on 8883 and 2222 of all interfaces.
    env: {
      ...process.env,
      BIND_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      LOG_LEVEL: 'WARNING',
      IOT_MTLS_ENABLED: '0',
      SFTP_ENABLED: '0',
    },
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    said += text;
  });
  const endpoint = `http://127.0.0.1:${port}`;
  for (let attempt = 0; !(await isReady(endpoint)); attempt++) {
    if (child.exitCode !== null || attempt > 300) {
      await stop(child);
      throw new Error(`ministack did not start: ${said}`);
    }
    await sleep(100);
  }
  return { endpoint, stop: () => stop(child) };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

async function isReady(endpoint: string): Promise<boolean> {
  const response = await fetch(`${endpoint}/_ministack/ready`).catch(() => undefined);
  return response?.ok ?? false;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('there is no free port');
  return address.port;
}
