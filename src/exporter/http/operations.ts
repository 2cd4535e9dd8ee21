import * as z from 'zod';
import { namePattern } from '../../base/name-pattern.ts';
import { verdictSchema } from '../../store/documents/verdict.ts';
import { alertmanagerSchema, outcomeSchema } from './alert-routes.ts';
import { flaggerSchema, gateQuerySchema } from './gate-routes.ts';
import { indexSchema, listSchema, runsSchema } from './page-routes.ts';

type Method = 'get' | 'post';

/** One call as the description tells it. */
export interface Operation {
  readonly method: Method;
  readonly path: string;
  readonly summary: string;
  readonly query?: z.ZodObject | undefined;
  readonly body?: z.ZodType | undefined;
  /** By status: what it means, and what comes with it. */
  readonly answers: Readonly<Record<string, OperationAnswer>>;
  readonly security?: 'act' | 'read' | undefined;
}

export type OperationAnswer = readonly [meaning: string, content: AnswerContent];
export type AnswerContent = 'text' | 'html' | 'metrics' | 'no report' | z.ZodType;

/** What a refusal says. */
export const reason = z.object({ reason: z.string() });
const errorVerdict = z.object({ verdict: z.literal('error'), reason: z.string() });
const sentence: AnswerContent = 'text';
export const refusedReading: OperationAnswer = ['a read token is needed', reason];

/** Every call of `flipgate serve`. */
export const operations: readonly Operation[] = [
  {
    method: 'get',
    path: '/healthz',
    summary: 'whether the server is alive',
    answers: { 200: ['alive', 'text'] },
  },
  {
    method: 'get',
    path: '/readyz',
    summary: 'whether the store can be read and has an ended run',
    answers: { 200: ['ready', 'text'], 503: ['not ready, and why', 'text'] },
  },
  {
    method: 'get',
    path: '/metrics',
    summary: 'the series, as text or OpenMetrics',
    answers: { 200: ['the series', 'metrics'], 503: ['the store cannot be read', reason] },
  },
  {
    method: 'get',
    path: '/v1/gates/{gate}',
    summary: 'the newest verdict of a gate, as it may be read now',
    query: gateQuerySchema,
    answers: {
      200: ['the verdict; error with the reason where there is none that holds', verdictSchema],
      400: ['the question is not understood', errorVerdict],
    },
  },
  {
    method: 'post',
    path: '/v1/flagger/{gate}',
    summary: "Flagger's webhook: may it go on?",
    query: gateQuerySchema,
    body: flaggerSchema,
    answers: {
      200: ['pass', sentence],
      400: ['the question is not understood', sentence],
      409: ['anything but a pass', sentence],
    },
  },
  {
    method: 'post',
    path: '/v1/flagger/rollback',
    summary: "Flagger's rollback webhook: must it roll back? Never acts",
    query: gateQuerySchema.extend({ gate: z.string().regex(namePattern).default('watch') }),
    body: flaggerSchema,
    answers: { 200: ['a fresh fail: roll back', sentence], 403: ['anything else', sentence] },
  },
  {
    method: 'post',
    path: '/v1/alertmanager',
    summary:
      "Alertmanager's webhook: rolls back for firing alerts of configured names with action=rollback, whenever traffic is not on the baseline",
    body: alertmanagerSchema,
    security: 'act',
    answers: {
      200: ['done, already so, or nothing that is meant', outcomeSchema],
      400: ['the body is not what Alertmanager sends', reason],
      401: ['the token is missing or wrong', reason],
      403: ['no token or no rollback is configured', reason],
      409: ['the alerts are no reason to roll back now: too old, or about the baseline', outcomeSchema],
      413: ['the body is too large', reason],
      503: ['the rollback failed: try again', outcomeSchema],
    },
  },
  {
    method: 'get',
    path: '/v1/runs',
    summary: 'the runs in the store, newest first',
    query: listSchema,
    security: 'read',
    answers: {
      200: ['a page of runs', runsSchema],
      400: ['the question is not understood', reason],
      503: ['the store cannot be read', reason],
    },
  },
  {
    method: 'get',
    path: '/',
    summary: 'gates, trends and runs, for people',
    query: indexSchema,
    security: 'read',
    answers: {
      200: ['a page', 'html'],
      400: ['the question is not understood', reason],
      503: ['the store cannot be read', reason],
    },
  },
  {
    method: 'get',
    path: '/reports/{run}',
    summary: "a run's report",
    security: 'read',
    answers: {
      200: ['a page', 'html'],
      404: ['there is none; a browser gets a page that says how to write it', 'no report'],
    },
  },
  {
    method: 'get',
    path: '/comparisons/{pair}',
    summary: 'the report of two runs, as baseline..candidate',
    security: 'read',
    answers: {
      200: ['a page', 'html'],
      404: ['there is none; a browser gets a page that says how to write it', 'no report'],
    },
  },
  {
    method: 'get',
    path: '/openapi.json',
    summary: 'this description',
    security: 'read',
    answers: { 200: ['the description', z.looseObject({ openapi: z.string() })] },
  },
];
