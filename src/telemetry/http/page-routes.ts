import { createHash } from 'node:crypto';
import { Hono } from 'hono';
import { html, raw } from 'hono/html';
import * as z from 'zod';
import type { Snapshot } from '../snapshot.ts';
import type { ExportSource, ListedRun } from '../source.ts';

export const listSchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  before: z.string().max(100).optional(),
});

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

const style = `:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.3rem .8rem .3rem 0;border-bottom:1px solid #8886;vertical-align:top}
.pass{color:#0a7a34}.fail,.error{color:#c21d1d}.inconclusive{color:#8a6100}@media(prefers-color-scheme:dark){.pass{color:#5fd38a}.fail,.error{color:#ff8a80}.inconclusive{color:#ffc95c}}`;
const policy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
const shownRuns = 50;

/** What people and programs look up: the runs, and a page of what the gates say. */
export function pageRoutes(source: ExportSource): Hono {
  return new Hono()
    .get('/v1/runs', (c) => {
      const query = listSchema.safeParse(c.req.query());
      if (!query.success) return c.json({ reason: z.prettifyError(query.error) }, 400);
      const { limit, before } = query.data;
      const runs = source.runs().filter(({ id }) => before === undefined || id < before);
      const page = runs.slice(0, limit);
      return c.json({ runs: page, ...(runs.length > limit && { next: page.at(-1)?.id }) });
    })
    .get('/', (c) => {
      c.header('content-security-policy', policy);
      return c.html(indexPage(source.snapshot(), source.runs()));
    });
}

function indexPage({ verdicts }: Snapshot, runs: readonly ListedRun[]): ReturnType<typeof html> {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>flipgate</title>
        ${raw(`<style>${style}</style>`)}
      </head>
      <body>
        <h1>flipgate</h1>
        <h2>Gates</h2>
        ${verdicts.length === 0 ? html`<p>No gate has been judged yet.</p>` : gateTable(verdicts)}
        <h2>Runs</h2>
        ${runs.length === 0 ? html`<p>No run yet.</p>` : runTable(runs)}
        <p><a href="/metrics">metrics</a> · <a href="/v1/runs">runs as JSON</a> · <a href="/openapi.json">OpenAPI</a></p>
      </body>
    </html>`;
}

function gateTable(verdicts: Snapshot['verdicts']): ReturnType<typeof html> {
  const rows = verdicts.map(
    ({ gate, arm, verdict, reason, evidence_at, expires_at }) =>
      html`<tr>
        <td><a href="/v1/gates/${gate}?arm=${arm}">${gate}</a></td>
        <td>${arm}</td>
        <td class="${verdict}">${verdict}</td>
        <td>${reason}</td>
        <td>${evidence_at ?? ''}</td>
        <td>${expires_at ?? ''}</td>
      </tr>`,
  );
  return html`<table>
    <thead>
      <tr>
        ${['gate', 'arm', 'verdict', 'reason', 'evidence of', 'holds until'].map((title) => html`<th scope="col">${title}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table>`;
}

function runTable(runs: readonly ListedRun[]): ReturnType<typeof html> {
  const rows = runs.slice(0, shownRuns).map(
    ({ id, arm, status, calls, finished_at }) =>
      html`<tr>
        <td>${id}</td>
        <td>${arm}</td>
        <td>${status}</td>
        <td>${calls}</td>
        <td>${finished_at ?? ''}</td>
      </tr>`,
  );
  return html`<table>
    <thead>
      <tr>
        ${['run', 'arm', 'status', 'calls', 'finished'].map((title) => html`<th scope="col">${title}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table>`;
}
