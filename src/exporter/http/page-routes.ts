import { Hono, type Context } from 'hono';
import { accepts } from 'hono/accepts';
import * as z from 'zod';
import type { ExportSource, PageSubject, ReportPageSubject } from '../source.ts';

export const listSchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  before: z.string().max(100).optional(),
});

export const indexSchema = z.strictObject({ before: z.string().max(100).optional() });

export const runsSchema = z.object({
  runs: z.array(
    z.object({
      id: z.string(),
      arm: z.string(),
      status: z.enum(['complete', 'aborted', 'interrupted', 'unfinished', 'damaged']),
      started_at: z.string().optional(),
      finished_at: z.string().optional(),
      calls: z.int(),
    }),
  ),
  /** What `before` is to be for the next page. */
  next: z.string().optional(),
});

/** What pages need beside what they show. */
export interface PageSettings {
  /** What a page may do when it is served, as a `Content-Security-Policy`: what lies in the store may be anybody's. */
  readonly policyOf: (page: string) => Promise<string>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** What people and programs look up: the runs, and pages of what was measured and what the gates say. */
export function pageRoutes(source: ExportSource, { policyOf, now }: PageSettings): Hono {
  const policyFor = policies(policyOf);
  const shown = async (
    c: Context,
    subject: PageSubject,
    status: 200 | 404 = 200,
  ): Promise<Response | undefined> => {
    const page = await source.page(subject);
    if (page === undefined) return undefined;
    c.header('content-security-policy', `${await policyFor(page)}; frame-ancestors 'none'`);
    return c.body(page as Uint8Array<ArrayBuffer>, status, { 'content-type': 'text/html; charset=utf-8' });
  };
  const report = async (c: Context, subject: ReportPageSubject): Promise<Response> => {
    const missing = wantsPage(c) ? ({ kind: 'missing', report: subject } as const) : undefined;
    return (
      (await shown(c, subject)) ??
      (missing && (await shown(c, missing, 404))) ??
      c.json({ reason: noReport }, 404)
    );
  };
  return new Hono()
    .get('/v1/runs', (c) => {
      const query = queryOf(c, listSchema);
      if (!query.ok) return c.json({ reason: query.reason }, 400);
      const { limit, before } = query.value;
      const runs = source.runs().filter(({ id }) => before === undefined || id < before);
      const page = runs.slice(0, limit);
      return c.json({ runs: page, ...(runs.length > limit && { next: page.at(-1)?.id }) });
    })
    .get('/', async (c) => {
      const query = queryOf(c, indexSchema);
      if (!query.ok) return c.json({ reason: query.reason }, 400);
      return (await shown(c, { kind: 'index', ...query.value, now: now() })) ?? c.notFound();
    })
    .get('/reports/:run', (c) => report(c, { kind: 'run', run: c.req.param('run') }))
    .get('/comparisons/:pair', (c) => {
      const [baseline = '', candidate = ''] = c.req.param('pair').split('..');
      return report(c, { kind: 'comparison', baseline, candidate });
    });
}

/** Finds the policy of a page once for all who read it at a time. */
function policies(policyOf: PageSettings['policyOf']): (page: Uint8Array) => Promise<string> {
  const known = new WeakMap<Uint8Array, Promise<string>>();
  return (page) => {
    const policy = known.get(page) ?? policyOf(new TextDecoder().decode(page));
    known.set(page, policy);
    return policy;
  };
}

const noReport = 'there is no such report: flipgate report writes one';

/** A browser names HTML; programs mostly take what comes. */
function wantsPage(c: Context): boolean {
  const [json, page] = ['application/json', 'text/html'];
  return accepts(c, { header: 'Accept', supports: [json, page], default: json }) === page;
}

type Query<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly reason: string };

/** What is not known is not passed over: it would be taken for something that was heeded. */
function queryOf<Value>(c: Context, schema: z.ZodType<Value>): Query<Value> {
  const twice = Object.entries(c.req.queries()).find(([, values]) => values.length > 1);
  if (twice !== undefined) return { ok: false, reason: `"${twice[0]}" is asked for twice` };
  const result = schema.safeParse(c.req.query());
  return result.success
    ? { ok: true, value: result.data }
    : { ok: false, reason: z.prettifyError(result.error) };
}
