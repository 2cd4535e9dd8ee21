import { Hono, type Context } from 'hono';
import * as z from 'zod';
import type { ExportSource } from '../source.ts';

export const listSchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  before: z.string().max(100).optional(),
});

export const indexSchema = z.object({ before: z.string().max(100).optional() });

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
}

/** What people and programs look up: the runs, and pages of what was measured and what the gates say. */
export function pageRoutes(source: ExportSource, { policyOf }: PageSettings): Hono {
  const answered = async (c: Context, page: string | undefined): Promise<Response> => {
    if (page === undefined) return c.json({ reason: 'there is no such report: flipgate report writes one' }, 404);
    c.header('content-security-policy', `${await policyOf(page)}; frame-ancestors 'none'`);
    return c.body(page, 200, { 'content-type': 'text/html; charset=utf-8' });
  };
  return new Hono()
    .get('/v1/runs', (c) => {
      const query = listSchema.safeParse(c.req.query());
      if (!query.success) return c.json({ reason: z.prettifyError(query.error) }, 400);
      const { limit, before } = query.data;
      const runs = source.runs().filter(({ id }) => before === undefined || id < before);
      const page = runs.slice(0, limit);
      return c.json({ runs: page, ...(runs.length > limit && { next: page.at(-1)?.id }) });
    })
    .get('/', async (c) => answered(c, await source.page({ kind: 'index', before: c.req.query('before') })))
    .get('/reports/:run', async (c) => answered(c, await source.page({ kind: 'run', run: c.req.param('run') })))
    .get('/comparisons/:pair', async (c) => {
      const [baseline = '', candidate = ''] = c.req.param('pair').split('..');
      return answered(c, await source.page({ kind: 'comparison', baseline, candidate }));
    });
}
