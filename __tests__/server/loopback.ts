import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll } from '@jest/globals';

/** A server on a free port of this machine's loopback interface. */
export interface Loopback {
  readonly endpoint: string;
  stop(): Promise<void>;
}

const servers = new Set<Server>();
afterAll(() => {
  for (const server of servers) close(server);
});

/** Serves until stopped, at the latest until the tests of the file are done; after that its endpoint refuses connections. */
export async function serve(listener: RequestListener): Promise<Loopback> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  servers.add(server);
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      const closed = once(server, 'close');
      close(server);
      await closed;
    },
  };
}

function close(server: Server): void {
  server.close();
  server.closeAllConnections();
}
