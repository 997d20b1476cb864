import { once } from 'node:events';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';

/** What a server answered. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** Asks a server with any headers, which fetch would not let one choose. */
export function get(
  url: string,
  headers: Readonly<Record<string, string>> = {},
  signal?: AbortSignal,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { headers, signal, agent: false }, async (response) => {
      let body = '';
      try {
        for await (const text of response.setEncoding('utf8')) body += text;
        resolve({ status: response.statusCode!, headers: response.headers, body });
      } catch (error) {
        reject(error);
      }
    });
    asked.on('error', reject).end();
  });
}

/** Opens a connection, and sends a text as it is. */
export async function send(url: string, text: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  socket.on('error', () => {}); // the other side may end it
  socket.write(text);
  return socket;
}
