import type { Server } from 'node:http';
import { isIPv6 } from 'node:net';
import { type HttpBindings, serve } from '@hono/node-server';
import type { Hono } from 'hono';
import { UserError } from '../core/errors';
import { LOOPBACK } from './request-guards';

export interface Served {
  readonly url: string;
  close(): Promise<void>;
}

export interface ServeOptions {
  /** Address or name to listen on. @default '127.0.0.1' */
  readonly host?: string;
  /** Called with each port that is taken, before the next one is tried. */
  readonly onBusy?: (port: number) => void;
  readonly limits?: Partial<ConnectionLimits>;
}

/** What one client, or all together, may hold of a server. Milliseconds, and numbers. */
export interface ConnectionLimits {
  /** Until a request has come whole. */
  readonly requestMs: number;
  /** Until the next request on the same connection. */
  readonly keepAliveMs: number;
  /** Without a byte either way: more than an answer may take, as the answer that nobody reads ends by it too. */
  readonly silentMs: number;
  /** How often requests are looked at that have not come whole. */
  readonly lookMs: number;
  readonly connections: number;
}

const LIMITS: ConnectionLimits = {
  requestMs: 10_000,
  keepAliveMs: 5_000,
  silentMs: 90_000,
  lookMs: 1_000,
  connections: 2_000,
};

/** Serves an application at a port or, where that is taken, at one of the next ones. */
export async function serveApp(
  app: Hono<{ Bindings: HttpBindings }>,
  port: number,
  options: ServeOptions = {},
): Promise<Served> {
  const { host = LOOPBACK, onBusy } = options;
  for (let candidate = port; ; candidate++) {
    const server = startServer(app, host, candidate, { ...LIMITS, ...options.limits });
    const error = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
      server.once('listening', () => resolve(undefined));
      server.once('error', resolve);
    });
    if (error === undefined) {
      const address = server.address();
      const actual = typeof address === 'object' && address ? address.port : candidate;
      return { url: `http://${isIPv6(host) ? `[${host}]` : host}:${actual}/`, close: () => closeServer(server) };
    }
    if (error.code !== 'EADDRINUSE' || candidate >= port + 20)
      throw new UserError(`can't listen on port ${candidate} of ${host}: ${error.message}`);
    onBusy?.(candidate);
  }
}

function startServer(
  app: Hono<{ Bindings: HttpBindings }>,
  hostname: string,
  port: number,
  { requestMs, keepAliveMs, silentMs, lookMs, connections }: ConnectionLimits,
): Server {
  const serverOptions = {
    headersTimeout: requestMs,
    requestTimeout: requestMs,
    keepAliveTimeout: keepAliveMs,
    connectionsCheckingInterval: lookMs,
    maxHeaderSize: 16_384,
  };
  const server = serve({ fetch: app.fetch, hostname, port, serverOptions }) as Server;
  server.maxConnections = connections;
  server.maxHeadersCount = 100;
  server.setTimeout(silentMs);
  return server;
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
