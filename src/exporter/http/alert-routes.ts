import { Hono } from 'hono';
import * as z from 'zod';
import { isBearer, type Access } from './access.ts';

export const outcomeSchema = z.object({
  outcome: z.enum(['done', 'already', 'failed', 'repeated', 'ignored']),
  reason: z.string(),
});

/** What is done about alerts. */
export interface Rollback {
  /** Alerts that are meant, by name. */
  readonly alerts: readonly string[];
  /** Sees to alerts, once each. */
  readonly trigger: (
    causes: readonly string[],
  ) => Promise<{ readonly outcome: 'done' | 'already' | 'failed' | 'repeated'; readonly reason: string }>;
}

const alertSchema = z.looseObject({
  status: z.enum(['firing', 'resolved']),
  labels: z.record(z.string(), z.string()),
  startsAt: z.iso.datetime({ offset: true }),
  fingerprint: z.string().regex(/^[0-9a-f]{1,64}$/iu, 'is no fingerprint'),
});

/** Alertmanager's webhook, version 4, and Grafana's, which is alike and calls itself version 1. */
export const alertmanagerSchema = z.looseObject({
  version: z.enum(['4', '1']),
  alerts: z.array(alertSchema).min(1).max(1000),
});

/** The one call that acts. 5xx only where Alertmanager is to try again. */
export function alertRoutes(access: Access, rollback: Rollback | undefined): Hono {
  return new Hono().post('/v1/alertmanager', async (c) => {
    if (access.token === undefined)
      return c.json({ reason: 'no token is configured (serve.token): nothing acts' }, 403);
    if (!isBearer(c.req.header('authorization'), access.token)) {
      c.header('www-authenticate', 'Bearer realm="flipgate"');
      return c.json({ reason: 'the token is missing or wrong' }, 401);
    }
    if (rollback === undefined) return c.json({ reason: 'no rollback is configured' }, 403);
    const body = alertmanagerSchema.safeParse(await jsonOf(c.req.raw));
    if (!body.success)
      return c.json(
        { reason: `the body is not what Alertmanager sends: ${z.prettifyError(body.error)}` },
        400,
      );
    const meant = body.data.alerts.filter((alert) => isMeant(alert, rollback.alerts));
    if (meant.length === 0)
      return c.json({
        outcome: 'ignored',
        reason: 'no firing alert of a configured name with action=rollback',
      });
    const found = await rollback.trigger(meant.map(causeOf));
    return c.json(found, found.outcome === 'failed' ? 503 : 200);
  });
}

function isMeant({ status, labels }: z.infer<typeof alertSchema>, names: readonly string[]): boolean {
  return status === 'firing' && labels['action'] === 'rollback' && names.includes(labels['alertname'] ?? '');
}

/** One alert, however often and by however many Alertmanagers it is sent. */
function causeOf({ fingerprint, startsAt }: z.infer<typeof alertSchema>): string {
  return `${fingerprint.toLowerCase()} ${new Date(startsAt).toISOString()}`;
}

async function jsonOf(request: Request): Promise<unknown> {
  try {
    return await request.json();
  } catch {
    return undefined;
  }
}
