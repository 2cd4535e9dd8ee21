import { Hono, type Context } from 'hono';
import * as z from 'zod';
import { namePattern } from '../../base/name-pattern.ts';
import type { Verdict } from '../../gates/verdict.ts';
import type { ExportSource, GateQuestion } from '../source.ts';

const name = z.string().regex(namePattern, 'is no name of a gate or an arm');
export const gateQuerySchema = z.strictObject({
  arm: name.optional(),
  artifact: z
    .string()
    .regex(/^[0-9a-f]{64}$/u, 'is not a SHA-256 digest: 64 hexadecimal digits')
    .optional(),
  max_age: z
    .string()
    .regex(/^\d{1,9}(\.\d+)?$/u, 'is no number of seconds')
    .transform(Number)
    .optional(),
});
export const flaggerSchema = z.looseObject({ metadata: z.record(z.string(), z.string()).nullish() });

/** What the gates say, each consumer in its own polarity. A question that cannot be understood is never answered with a pass. */
export function gateRoutes(source: ExportSource): Hono {
  return new Hono()
    .get('/v1/gates/:gate', (c) => {
      const question = questionOf(c.req.param('gate'), c.req.queries());
      if (!question.ok) return c.json({ verdict: 'error', reason: question.reason }, 400);
      return c.json(source.verdict(question.value));
    })
    .post('/v1/flagger/rollback', async (c) => {
      const { gate = ['watch'], ...queries } = c.req.queries();
      const question =
        gate.length > 1
          ? refused('"gate" is asked for twice')
          : await flaggerQuestion(c, gate[0] ?? '', queries);
      if (!question.ok) return c.text(`${question.reason}\n`, 403);
      const verdict = source.verdict(question.value);
      // Its polarity: 200 rolls back.
      return c.text(`${told(verdict)}\n`, verdict.verdict === 'fail' ? 200 : 403);
    })
    .post('/v1/flagger/:gate', async (c) => {
      const question = await flaggerQuestion(c, c.req.param('gate'), c.req.queries());
      if (!question.ok) return c.text(`${question.reason}\n`, 400);
      const verdict = source.verdict(question.value);
      return c.text(`${told(verdict)}\n`, verdict.verdict === 'pass' ? 200 : 409);
    });
}

type Question =
  | { readonly ok: true; readonly value: GateQuestion }
  | { readonly ok: false; readonly reason: string };

function questionOf(gate: string, queries: Record<string, string[]>): Question {
  const twice = Object.entries(queries).find(([, values]) => values.length > 1);
  if (twice !== undefined) return refused(`"${twice[0]}" is asked for twice`);
  return asked(gate, flat(queries));
}

function refused(reason: string): Question {
  return { ok: false, reason };
}

function asked(gate: string, query: Record<string, string>): Question {
  if (!namePattern.test(gate)) return refused('that is no name of a gate');
  const result = gateQuerySchema.safeParse(query);
  if (!result.success) return refused(result.error.issues.map(issueText).join('; '));
  const { arm, artifact, max_age: maxAgeSeconds } = result.data;
  return { ok: true, value: { gate, arm, artifact, maxAgeSeconds } };
}

function issueText({ code, message, path, ...issue }: z.core.$ZodIssue): string {
  if (code === 'unrecognized_keys' && 'keys' in issue)
    return `not known: ${issue.keys.join(', ')} (known: arm, artifact, max_age)`;
  return `${path.join('.')} ${message}`;
}

/** Flagger's webhooks carry what their `metadata` says, which is asked as strictly as a query; what stands in the URL wins. */
async function flaggerQuestion(
  c: Context,
  gate: string,
  queries: Record<string, string[]>,
): Promise<Question> {
  const text = await c.req.text();
  let body: unknown = {};
  try {
    if (text.trim() !== '') body = JSON.parse(text);
  } catch {
    return refused('the body is no JSON');
  }
  const result = flaggerSchema.safeParse(body);
  if (!result.success) return refused('the body is not what Flagger sends: metadata is a map of texts');
  const metadata = Object.entries(result.data.metadata ?? {}).map(([key, value]): [string, string[]] => [
    key,
    [value],
  ]);
  return questionOf(gate, { ...Object.fromEntries<string[]>(metadata), ...queries });
}

function flat(queries: Record<string, string[]>): Record<string, string> {
  return Object.fromEntries(Object.entries(queries).map(([key, [value = '']]) => [key, value]));
}

function told({ verdict, reason }: Verdict): string {
  return `${verdict}: ${reason}`.replaceAll(/\s+/gu, ' ');
}
