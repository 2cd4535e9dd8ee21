import { Hono, type Context, type MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import * as z from 'zod';
import { isBearer, type Access } from './access.ts';

/** What can come of a post: of these the series of alert actions has one each. */
export const alertOutcomes = ['done', 'already', 'failed', 'refused', 'ignored'] as const;
export type AlertOutcome = (typeof alertOutcomes)[number];

export const outcomeSchema = z.object({
  outcome: z.enum(alertOutcomes),
  reason: z.string(),
  /** What went wrong beside it and did not stop it. */
  warnings: z.array(z.string()).optional(),
});

/** An alert that asks for a rollback. */
export interface MeantAlert {
  readonly fingerprint: string;
  /** Milliseconds since 1970. */
  readonly startsAt: number;
  readonly arm?: string | undefined;
}

/** What is done about alerts. */
export interface Rollback {
  /** Alerts that are meant, by name. */
  readonly alerts: readonly string[];
  /** Sees to all of them at once. */
  readonly trigger: (alerts: readonly MeantAlert[]) => Promise<{
    readonly outcome: Exclude<AlertOutcome, 'ignored'>;
    readonly reason: string;
    readonly warnings: readonly string[];
  }>;
  /** Called with what came of each post. */
  readonly onOutcome: (outcome: AlertOutcome) => void;
}

/** What is looked at of an alert before it is known to be meant: a stranger's odd alert is no reason to leave ours undone. */
const anyAlertSchema = z.looseObject({ status: z.string(), labels: z.record(z.string(), z.unknown()) });
const meantSchema = z.looseObject({
  labels: z.looseObject({ arm: z.string().optional() }),
  startsAt: z.iso.datetime({ offset: true }),
  fingerprint: z.string().regex(/^[0-9a-f]{1,64}$/iu, 'is no fingerprint'),
});

/** Alertmanager's webhook, version 4, and Grafana's, which is alike and calls itself version 1. */
export const alertmanagerSchema = z.looseObject({
  version: z.enum(['4', '1']),
  alerts: z
    .array(z.unknown())
    .min(1)
    .describe('each with status, labels, startsAt and fingerprint; those that are not meant may be anything'),
});

/** Largest body, in bytes: a group of alerts can be large, and one that is refused is not sent again. */
const maxBody = 1 << 24;

/** The one call that acts. 5xx only where Alertmanager is to try again. Who may and what is done is asked at each call. */
export function alertRoutes(access: Access, rollback: () => Rollback | undefined): Hono {
  const limit = bodyLimit({
    maxSize: maxBody,
    onError: (c) => c.json({ reason: `the body is larger than ${maxBody} bytes` }, 413),
  });
  const mayAct: MiddlewareHandler = async (c, next) => denied(c, access) ?? next();
  return new Hono().post('/v1/alertmanager', mayAct, limit, async (c) => {
    const todo = rollback();
    if (todo === undefined) return c.json({ reason: 'no rollback is configured' }, 403);
    const body = alertmanagerSchema.safeParse(await jsonOf(c.req.raw));
    if (!body.success) return c.json({ reason: notAlertmanager(body.error) }, 400);
    const alerts = body.data.alerts.filter((alert) => isMeant(alert, todo.alerts));
    const meant = alerts.flatMap((alert) => meantSchema.safeParse(alert).data ?? []);
    if (alerts.length > 0 && meant.length === 0)
      return c.json({ reason: notAlertmanager(meantSchema.safeParse(alerts[0]).error) }, 400);
    const found = alerts.length === 0 ? ignored : await todo.trigger(meant.map(alertOf));
    todo.onOutcome(found.outcome);
    const { warnings, ...rest } = found;
    return c.json({ ...rest, ...(warnings.length > 0 && { warnings }) }, statusOf(found.outcome));
  });
}

const ignored = {
  outcome: 'ignored',
  reason: 'no firing alert of a configured name with action=rollback',
  warnings: [],
} as const;

function denied(c: Context, { token }: Access): Response | undefined {
  if (token === undefined)
    return c.json({ reason: 'no token is configured (serve.token): nothing acts' }, 403);
  if (isBearer(c.req.header('authorization'), token)) return undefined;
  c.header('www-authenticate', 'Bearer realm="flipgate"');
  return c.json({ reason: 'the token is missing or wrong' }, 401);
}

function statusOf(outcome: AlertOutcome): 200 | 409 | 503 {
  if (outcome === 'failed') return 503;
  return outcome === 'refused' ? 409 : 200;
}

function isMeant(alert: unknown, names: readonly string[]): boolean {
  const { data } = anyAlertSchema.safeParse(alert);
  if (data === undefined) return false;
  const { action, alertname } = data.labels;
  return data.status === 'firing' && action === 'rollback' && names.some((name) => name === alertname);
}

function alertOf({ fingerprint, startsAt, labels: { arm } }: z.infer<typeof meantSchema>): MeantAlert {
  return { fingerprint, startsAt: Date.parse(startsAt), arm };
}

function notAlertmanager(error: z.ZodError | undefined): string {
  return `the body is not what Alertmanager sends${error === undefined ? '' : `: ${z.prettifyError(error)}`}`;
}

async function jsonOf(request: Request): Promise<unknown> {
  try {
    return await request.json();
  } catch {
    return undefined;
  }
}
