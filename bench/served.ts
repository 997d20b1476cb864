import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { PROJECT } from '../core/project';
import { info } from '../core/terminal/progress';

const CLICKSTREAM = join(PROJECT, 'cli/clickstream.js');

/** The server of a lake's dashboard in a process of its own, once it says where it is. */
export async function startServer(lake: string): Promise<{ readonly url: string; readonly process: ChildProcess }> {
  const args = [CLICKSTREAM, 'serve', '--lake', lake, '--port', '0', '--no-open'];
  const server = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  for await (const line of createInterface({ input: server.stderr })) {
    const url = /http:\S+/.exec(line)?.[0];
    if (url) return { url, process: server };
    info(line);
  }
  throw new Error('the server did not start');
}

/** How long the page waits before it asks a busy server again, in milliseconds. */
const RETRY_MS = 500;

/** Milliseconds until an answer has come whole; as the page does, it asks again while the server is busy. */
export async function getMs(url: string): Promise<number> {
  const start = performance.now();
  for (;;) {
    const { status, body, isBusy } = await answerOf(url);
    if (status === 200) return performance.now() - start;
    if (!isBusy) throw new Error(`${url}: ${body}`);
    await sleep(RETRY_MS);
  }
}

/** By a connection of its own, as one that has been idle may be closed just when it is used. */
async function answerOf(
  url: string,
): Promise<{ readonly status?: number; readonly body: string; readonly isBusy: boolean }> {
  const [response] = (await once(get(url, { agent: false }), 'response')) as [IncomingMessage];
  let body = '';
  for await (const text of response.setEncoding('utf8')) body += text;
  return { status: response.statusCode, body, isBusy: 'retry-after' in response.headers };
}
