import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { compress } from 'hono/compress';
import { HTTPException } from 'hono/http-exception';
import { secureHeaders } from 'hono/secure-headers';
import { UserError } from '../core/errors';
import { info } from '../core/terminal/progress';
import type { Visual } from '../dashboard/kinds/registry';
import { type ControlValues, type PageContext, type VisualData, withoutSql } from '../dashboard/protocol';
import { type Dashboard, visualOf } from '../dashboard/spec';
import { parseState, periodsOf, type State, textOf } from '../dashboard/state';
import { queriesOf, unfilteredBy } from '../dashboard/visual-queries';
import type { LakeReader } from '../lake/duckdb/lake-reader';
import { TimeLimitError } from '../lake/duckdb/query';
import { BusyError } from '../lake/duckdb/shared-runs';
import { events } from '../metrics/data-sets';
import { eventMeasures } from '../metrics/measures';
import { literalSql, type Query } from '../metrics/query';
import { dataSpanOf, spanOf } from './health';
import { incidentsOf } from './incidents';
import type { PageAssets } from './page-assets';
import { servedPage } from './page-html';
import { LOOPBACK, requireOwnHost, requireOwnSite, requireToken } from './request-guards';

export interface DashboardServerOptions {
  readonly dashboard: Dashboard;
  readonly reader: LakeReader;
  readonly assets: PageAssets;
  /** What the server listens on. @default '127.0.0.1' */
  readonly host?: string;
  /** Lets in only who has it. @default everybody */
  readonly token?: string;
  /** Milliseconds that a request may take, with waiting for its turn. @default a minute */
  readonly answerWithinMs?: number;
  /** @default the time of each request */
  readonly now?: () => Date;
}

const BUSY = 'the server is busy with other questions: try again in a moment';

/** Seconds after which it is worth asking again what was too much. */
const RETRY_AFTER_S = '1';

/** The dashboard as an application: the page, and the rows of its visuals. Whoever asks names a visual and a state, never SQL. */
export function dashboardApp(options: DashboardServerOptions): Hono<{ Bindings: HttpBindings }> {
  const {
    dashboard,
    reader,
    assets,
    host = LOOPBACK,
    token,
    answerWithinMs = 60_000,
    now = () => new Date(),
  } = options;
  const app = new Hono<{ Bindings: HttpBindings }>();
  const context: PageContext = { dashboard: withoutSql(dashboard) };

  app.use(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'", 'data:', 'blob:'],
        connectSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
      strictTransportSecurity: false,
      referrerPolicy: 'no-referrer',
    }),
  );
  app.use(async (c, next) => {
    await next();
    c.header('Cache-Control', 'no-store');
  });
  app.use(requireOwnHost(host));
  app.use(requireOwnSite);
  app.use(async (c, next) => {
    if (c.req.method !== 'GET' && c.req.method !== 'HEAD') throw new HTTPException(405, { message: 'only GET' });
    await next();
  });
  if (token !== undefined) app.use(requireToken(token));
  app.use(compress());

  app.get('/', (c) => c.html(servedPage(dashboard.name)));
  app.get('/page.js', (c) => c.body(assets.script, 200, { 'Content-Type': 'text/javascript; charset=utf-8' }));
  app.get('/page.css', (c) => c.body(assets.style, 200, { 'Content-Type': 'text/css; charset=utf-8' }));
  app.get('/world.json', (c) => c.body(assets.world, 200, { 'Content-Type': 'application/json' }));
  app.get('/api/context', (c) => c.json(context));
  app.get('/api/visuals/:id', async (c) => {
    const visual = visualOf(dashboard, c.req.param('id'));
    if (!visual) throw new HTTPException(404, { message: `there is no visual "${c.req.param('id')}"` });
    return c.json(await visualData(options, visual, stateOf(dashboard, c), now(), patienceOf(c, answerWithinMs)));
  });
  app.get('/api/controls/:id', async (c) => {
    const control = dashboard.controls.find(({ id }) => id === c.req.param('id'));
    if (!control) throw new HTTPException(404, { message: `there is no control "${c.req.param('id')}"` });
    const patience = patienceOf(c, answerWithinMs);
    const { current } = periodsOf(stateOf(dashboard, c), await spanOf(reader, now(), patience));
    const query: Query = {
      dataSet: events,
      dimensions: [control],
      measures: [eventMeasures.events],
      filters: [{ field: events.time!, within: current }],
      orderBy: [{ column: eventMeasures.events.id, isDescending: true }],
      limit: 500,
    };
    const { rows } = await ask(reader, query, patience);
    const values: ControlValues = rows.map(([value, count]) => [textOf(value!), Number(count)]);
    return c.json(values);
  });
  app.get('/api/span', async (c) => {
    return c.json(await dataSpanOf(reader, now(), patienceOf(c, answerWithinMs)));
  });
  app.get('/api/incidents', async (c) => {
    return c.json(await incidentsOf(reader, patienceOf(c, answerWithinMs)));
  });
  app.get('/api/version', async (c) => c.json({ version: await reader.version() }));
  app.notFound((c) => c.json({ error: 'there is nothing here' }, 404));
  app.onError((error, c) => {
    if (error instanceof HTTPException) return c.json({ error: error.message }, error.status);
    if (error instanceof TimeLimitError)
      return c.json({ error: 'the answer took too long to find: ask for fewer days, or for less at once' }, 504);
    if (error instanceof BusyError || error.name === 'TimeoutError')
      return c.json({ error: BUSY }, 503, { 'Retry-After': RETRY_AFTER_S });
    if (c.req.raw.signal.aborted) return c.json({ error: 'the client has left' }, 503); // which nobody reads
    if (error instanceof UserError) return c.json({ error: error.message }, isConversion(error) ? 400 : 503);
    info(error.stack ?? String(error));
    return c.json({ error: 'something went wrong here: the terminal says what' }, 500);
  });
  return app;
}

/** The rows of a visual in a state, with the SQL that gave them. */
export async function visualData(
  { dashboard, reader }: Pick<DashboardServerOptions, 'dashboard' | 'reader'>,
  visual: Visual,
  state: State,
  now: Date,
  signal?: AbortSignal,
): Promise<VisualData> {
  const [span, incidents] = await Promise.all([
    spanOf(reader, now, signal),
    state.isWithoutSpikes ? incidentsOf(reader, signal) : [],
  ]);
  const { main, trend } = queriesOf(dashboard, visual, state, span, incidents);
  const [mainRows, trendRows] = await Promise.all([ask(reader, main, signal), trend && ask(reader, trend, signal)]);
  return {
    main: mainRows,
    ...(trendRows ? { trend: trendRows } : {}),
    unfilteredBy: unfilteredBy(dashboard, visual, state),
  };
}

/** Ends when the client leaves, or has waited long enough. */
function patienceOf(c: Context, withinMs: number): AbortSignal {
  return AbortSignal.any([c.req.raw.signal, AbortSignal.timeout(withinMs)]);
}

async function ask(reader: LakeReader, query: Query, signal?: AbortSignal) {
  const { columns, rows } = await reader.ask(query, signal);
  return { columns, rows, sql: literalSql(query) };
}

/** The state of an address; whatever is wrong with it is refused here, while the page falls back and says so. */
function stateOf(dashboard: Dashboard, c: Context): State {
  const { state, problems } = parseState(dashboard, new URL(c.req.url).searchParams);
  if (problems.length > 0) throw new HTTPException(400, { message: problems.join('; ') });
  return state;
}

/** Whether a value was not what its column holds. */
function isConversion({ message }: UserError): boolean {
  return message.startsWith('Conversion Error') || message.startsWith('Invalid Input Error');
}
