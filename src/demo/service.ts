import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Stage, StageSeconds } from '../scoring/answer.ts';
import type { Clock } from '../base/world.ts';
import { chance, logNormal } from './chance.ts';
import { snippetOf, type Ask, type Pipeline } from './pipeline.ts';
import type { Damage } from './scenarios.ts';

/** A reference arm while it listens on loopback. */
export interface Service {
  readonly url: string;
  readonly versionsUrl: string;
  readonly close: () => Promise<void>;
}

export interface ServiceOptions {
  readonly arm: string;
  readonly pipeline: Pipeline;
  readonly damage: Damage;
  readonly clock: Clock;
}

/** Medians of the seeded service times, in seconds: 80 ms in all. */
const medians: Readonly<Record<Stage, number>> = { retrieve: 0.012, rerank: 0.008, reason: 0.06 };
const sigma = 0.3;
const keepAliveMilliseconds = 60_000;
const largestBody = 64 * 1024;

/** Starts one arm: `POST /ask` in the arm contract's default shape, `GET /versions`. */
export async function startService(options: ServiceOptions): Promise<Service> {
  const effects = new Set<string>();
  const server = createServer({ keepAliveTimeout: keepAliveMilliseconds }, (request, response) => {
    handleRequest(request, response, { ...options, effects }).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // a server that listens on a port has one
  const origin = `http://127.0.0.1:${port}`;
  return { url: `${origin}/ask`, versionsUrl: `${origin}/versions`, close: () => closeServer(server) };
}

interface Serving extends ServiceOptions {
  /** Idempotency keys whose effect has been had. */
  readonly effects: Set<string>;
}

async function handleRequest(
  request: IncomingMessage,
  response: ServerResponse,
  serving: Serving,
): Promise<void> {
  const { pipeline, damage } = serving;
  if (request.method === 'GET' && request.url === '/versions') {
    send(response, 200, pipeline.pins);
    return;
  }
  if (request.method !== 'POST' || request.url !== '/ask') {
    send(response, 404, { error: 'POST /ask or GET /versions' });
    return;
  }
  const ask = parseAsk(await readBody(request));
  const key = request.headers['idempotency-key'];
  if (ask === undefined) send(response, 400, { error: 'expected {"question": text, "seed": whole number}' });
  else if (chance('fault', ask.question, ask.seed) < (damage.faultShare ?? 0)) fail(response, ask);
  else send(response, 200, await answer(ask, serving, typeof key === 'string' ? key : undefined));
}

async function answer(ask: Ask, serving: Serving, key: string | undefined): Promise<object> {
  const { pipeline } = serving;
  const stages: StageSeconds = {};
  const candidates = await timed('retrieve', { ask, serving, stages }, () => pipeline.retrieve(ask));
  const ranked = await timed('rerank', { ask, serving, stages }, () => pipeline.rerank(ask, candidates));
  const reasoned = await timed('reason', { ask, serving, stages }, () => pipeline.reason(ask, ranked));
  const repeated = key !== undefined && serving.effects.has(key);
  if (key !== undefined) serving.effects.add(key);
  return {
    ...reasoned,
    retrieved: ranked.map(snippetOf),
    stages,
    versions: pipeline.versions(ask),
    side_effects: repeated ? 0 : 1,
    dedupe_hits: repeated ? 1 : 0,
  };
}

interface StageClock {
  readonly ask: Ask;
  readonly serving: Serving;
  readonly stages: StageSeconds;
}

/** Does a stage's work and takes at least the time that the service takes for it on its own hardware. */
async function timed<T>(
  stage: Stage,
  { ask, serving, stages }: StageClock,
  work: () => T | Promise<T>,
): Promise<T> {
  const { monotonic } = serving.clock;
  const started = monotonic();
  const result = await work();
  const rest = serviceSeconds(stage, ask, serving) - (monotonic() - started);
  if (rest > 0) await sleep(rest * 1000);
  stages[stage] = Math.round((monotonic() - started) * 1e6) / 1e6;
  return result;
}

/** Mostly of the request, a little of the arm: two services that do the same work are alike, not equal. */
function serviceSeconds(stage: Stage, { question, seed }: Ask, { arm, damage }: Serving): number {
  const shared = logNormal({ median: medians[stage], sigma }, stage, question, seed);
  const own = logNormal({ median: 1, sigma: 0.03 }, stage, question, seed, arm);
  const slow = stage !== 'retrieve' && chance('tail', question, seed) < 0.5 ? (damage.slowTail ?? 1) : 1;
  return shared * own * slow;
}

/** The ways in which a service fails most often; the request decides which. */
const failures: readonly ((response: ServerResponse) => void)[] = [
  (response) => send(response, 500, { error: 'out of memory' }),
  (response) => send(response, 503, { error: 'no healthy upstream' }),
  (response) => void response.socket?.resetAndDestroy(),
  (response) =>
    void response
      .writeHead(200, { 'content-type': 'application/json' })
      .end('{"answer": "cut off in the mid'),
];

function fail(response: ServerResponse, { question, seed }: Ask): void {
  failures[Math.floor(chance('kind of fault', question, seed) * failures.length)]?.(response);
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    chunks.push(chunk as Buffer); // a request without an encoding yields buffers
    size += chunks.at(-1)?.length ?? 0;
    if (size > largestBody) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parseAsk(body: string): Ask | undefined {
  try {
    const value: unknown = JSON.parse(body);
    if (
      typeof value !== 'object' ||
      value === null ||
      !('question' in value) ||
      typeof value.question !== 'string'
    )
      return undefined;
    return {
      question: value.question,
      seed: 'seed' in value && typeof value.seed === 'number' ? value.seed : 0,
    };
  } catch {
    return undefined;
  }
}

async function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise<void>((resolve) => server.close(() => resolve()));
}
