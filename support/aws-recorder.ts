import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

/** A request to AWS as IAM sees it: an action on a resource, with the keys that conditions ask for. */
export interface Call {
  readonly action: string;
  readonly resource: string;
  readonly context: Readonly<Record<string, string>>;
}

/** A way to an emulated AWS that remembers the requests to S3 and Glue that pass it. */
export interface Recorder {
  readonly endpoint: string;
  readonly calls: readonly Call[];
  /** Actions of the requests that passed, of each the first. */
  readonly requests: readonly string[];
  /** Bytes that were put into objects below a folder of any bucket. */
  written(folder: string): number;
  stop(): Promise<void>;
}

/** Requests as they are billed: PUT with COPY, GET with HEAD, LIST, and those to the Glue catalog. */
export interface Billed {
  readonly puts: number;
  readonly gets: number;
  readonly lists: number;
  readonly catalog: number;
}

/** Counts requests that a recorder has; removing costs nothing. */
export function billed(requests: readonly string[]): Billed {
  const count = (...actions: string[]): number => requests.filter((action) => actions.includes(action)).length;
  return {
    puts: count('s3:PutObject'),
    gets: count('s3:GetObject', 's3:GetBucketLocation'),
    lists: count('s3:ListBucket'),
    catalog: requests.filter((action) => action.startsWith('glue:')).length,
  };
}

/** Key of the object that a call to S3 is for. */
export function keyOf({ resource }: Pick<Call, 'resource'>): string {
  return resource.replace(/^[^/]*\//, '');
}

/** Passes requests on to an endpoint. Throws at a request that it can't name, since a check could then not be trusted. */
export async function recordCalls(endpoint: string, account: string, region: string): Promise<Recorder> {
  const calls: Call[] = [];
  const requests: string[] = [];
  const bodies: { readonly resource: string; readonly bytes: number }[] = [];
  const target = new URL(endpoint);
  const server = createServer((incoming, outgoing) => {
    pass(incoming, outgoing).catch((error: Error) => {
      outgoing.statusCode = 400;
      outgoing.end(error.message);
    });
  }).listen(0, '127.0.0.1');
  const pass = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const body = await buffer(incoming);
    const needed = callsOf(incoming, body.toString('latin1'), `arn:aws:glue:${region}:${account}`);
    calls.push(...needed);
    requests.push(needed[0]!.action);
    if (needed[0]!.action === 's3:PutObject') bodies.push({ resource: needed[0]!.resource, bytes: body.length });
    const { method, url, headers } = incoming;
    const { hostname, port } = target;
    const sent = request({ hostname, port, method, path: url, headers });
    sent.end(body);
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    outgoing.writeHead(answer.statusCode!, answer.headers);
    answer.pipe(outgoing);
  };
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    requests,
    written: (folder) =>
      bodies.filter((put) => keyOf(put).startsWith(folder)).reduce((sum, { bytes }) => sum + bytes, 0),
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function callsOf(incoming: IncomingMessage, body: string, glue: string): Call[] {
  const target = incoming.headers['x-amz-target'];
  return typeof target === 'string' ? glueCalls(target, body, glue) : s3Calls(incoming, body);
}

/** Glue wants the catalog, the database and the table to be allowed, each (AWS Glue, "Resource ARNs"). */
function glueCalls(target: string, body: string, glue: string): Call[] {
  const action = `glue:${target.split('.')[1]}`;
  const { DatabaseName, Name, TableInput } = JSON.parse(body) as Readonly<Record<string, string>> & {
    TableInput?: { Name: string };
  };
  const database = DatabaseName ?? Name;
  const table = DatabaseName === undefined ? undefined : (TableInput?.Name ?? Name);
  const resources = [
    'catalog',
    ...(database === undefined ? [] : [`database/${database}`]),
    ...(table === undefined ? [] : [`table/${database}/${table}`]),
  ];
  return resources.map((resource) => ({ action, resource: `${glue}:${resource}`, context: {} }));
}

/** Actions by the S3 API's own list ("Required permissions for Amazon S3 API operations"), for paths such as `/bucket/key`. */
function s3Calls({ method, url, headers }: IncomingMessage, body: string): Call[] {
  const { pathname, searchParams: query } = new URL(url!, 'http://s3');
  const [, bucket, ...rest] = decodeURIComponent(pathname).split('/');
  const key = rest.join('/');
  const call = (action: string, object = key): Call => ({
    action: `s3:${action}`,
    resource: `arn:aws:s3:::${bucket}${object === '' ? '' : `/${object}`}`,
    context: {},
  });
  if (key === '') {
    if (query.has('list-type')) return [{ ...call('ListBucket'), context: { 's3:prefix': query.get('prefix') ?? '' } }];
    if (query.has('location')) return [call('GetBucketLocation')];
    if (query.has('delete'))
      return [...body.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, name]) => call('DeleteObject', name));
    throw new Error(`what is ${method} ${url} of S3?`);
  }
  const source = headers['x-amz-copy-source'];
  switch (method) {
    case 'GET':
    case 'HEAD':
      return [call('GetObject')];
    case 'DELETE':
      return [call(query.has('uploadId') ? 'AbortMultipartUpload' : 'DeleteObject')];
    case 'PUT':
    case 'POST': {
      const copied = typeof source === 'string' ? decodeURIComponent(source).replace(/^\/?[^/]+\//, '') : undefined;
      return [call('PutObject'), ...(copied === undefined ? [] : [call('GetObject', copied)])];
    }
    default:
      throw new Error(`what is ${method} ${url} of S3?`);
  }
}
