import { Hono, type Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { HTTPException } from 'hono/http-exception';
import { UserError, messageOf } from '../../base/errors.ts';
import type { Clock } from '../../base/world.ts';
import type { StageHistogram } from '../live-calls.ts';
import type { ExportSource } from '../source.ts';
import { isKnownHost, mayRead, type Access } from './access.ts';
import { alertRoutes, type Rollback } from './alert-routes.ts';
import { gateRoutes } from './gate-routes.ts';
import { metricsRoute } from './metrics-route.ts';
import { openApi } from './open-api.ts';
import { pageRoutes, type PageSettings } from './page-routes.ts';

export interface AppOptions {
  readonly source: ExportSource;
  readonly access: Access;
  readonly live: StageHistogram;
  readonly pages: PageSettings;
  /** Nothing: no rollback is configured, and alerts are refused. */
  readonly rollback: () => Rollback | undefined;
  readonly clock: Clock;
  /** Written as one line each. */
  readonly log: (entry: LogEntry) => void;
}

/** A line of the log: never a header, a body or a query. */
export interface LogEntry {
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
  readonly [field: string]: unknown;
}

/** Largest request body, in bytes. */
const maxBody = 1 << 14;

/** Every route of `flipgate serve`. */
export function createApp(options: AppOptions): Hono {
  const { access, clock, log } = options;
  const app = new Hono();
  app.use(logged(log, clock));
  app.use(async (c, next) => {
    secure(c);
    if (!isKnownHost(c.req.header('host'), access))
      return c.json({ reason: 'this server is not known by that Host: list it under serve.hosts' }, 403);
    if (!mayRead(access, c.req.path, c.req.header('authorization')) && !isAlert(c)) return unauthorized(c);
    return next();
  });
  const limit = bodyLimit({
    maxSize: maxBody,
    onError: (c) => c.json({ reason: `the body is larger than ${maxBody} bytes` }, 413),
  });
  // What has no body needs no look at one, which costs a scrape a tenth of its time.
  app.on(['POST', 'PUT', 'PATCH', 'DELETE'], '*', (c, next) => (isAlert(c) ? next() : limit(c, next)));
  app.get('/healthz', (c) => c.text('ok\n'));
  app.get('/readyz', (c) => ready(c, options.source));
  app.route('/', metricsRoute(options.source, options.live));
  app.route('/', gateRoutes(options.source));
  app.route('/', alertRoutes(access, options.rollback));
  app.get('/openapi.json', (c) => c.json(openApi()));
  app.route('/', pageRoutes(options.source, options.pages));
  app.notFound((c) => c.json({ reason: `nothing is at ${c.req.method} ${c.req.path}` }, 404));
  app.onError((error, c) => failed(error, c, log));
  return app;
}

function isAlert({ req }: Context): boolean {
  return req.path === '/v1/alertmanager'; // it has a token and a limit of its own
}

function unauthorized(c: Context): Response {
  c.header('www-authenticate', 'Bearer realm="flipgate"');
  return c.json({ reason: 'a read token is needed here' }, 401);
}

/** Nothing is loaded from anywhere, framed, sniffed or kept. */
function secure(c: Context): void {
  c.header('x-content-type-options', 'nosniff');
  c.header('cache-control', 'no-store');
  c.header('referrer-policy', 'no-referrer');
  c.header('x-frame-options', 'DENY');
}

function ready(c: Context, source: ExportSource): Response {
  try {
    const isReady = source.snapshot().arms.some(({ newest }) => newest !== undefined);
    return isReady ? c.text('ready\n') : c.text('the store has no ended run yet\n', 503);
  } catch (error) {
    if (error instanceof UserError) return c.text(`${error.message}\n`, 503);
    throw error;
  }
}

/** A store that cannot be read is "try again"; anything else is a bug, and no reason to go down. */
function failed(error: Error, c: Context, log: AppOptions['log']): Response {
  if (c.req.raw.signal.aborted) return c.json({ reason: 'the request was given up' }, 400);
  if (error instanceof HTTPException) return c.json({ reason: error.message }, error.status);
  if (error instanceof UserError) {
    log({ level: 'error', message: error.message });
    return c.json({ reason: error.message }, 503);
  }
  log({ level: 'error', message: messageOf(error), stack: error.stack });
  return c.json({ reason: 'flipgate failed to answer: see its log' }, 500);
}

function logged(
  log: AppOptions['log'],
  clock: Clock,
): (c: Context, next: () => Promise<void>) => Promise<void> {
  return async (c, next) => {
    const started = clock.monotonic();
    await next();
    const { status } = c.res;
    const seconds = Math.round((clock.monotonic() - started) * 1000) / 1000;
    const level = status >= 500 ? 'error' : status >= 400 ? 'warn' : 'info';
    log({ level, message: 'request', method: c.req.method, path: c.req.path.slice(0, 200), status, seconds });
  };
}
