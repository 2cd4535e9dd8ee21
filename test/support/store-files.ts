import { existsSync } from 'node:fs';
import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { integritySha256, sealed } from '../../src/base/integrity/sealed.ts';
import { armOfRun, startOf } from '../../src/plan/run-id.ts';
import type { CallLine, RunRecord } from '../../src/scoring/record.ts';
import { defaultScoring } from '../../src/scoring/scoring-options.ts';
import { openRollbackLog, type RollbackEvent } from '../../src/store/documents/rollback.ts';
import { exportedStore, type ExportedStoreOptions } from '../../src/exporter/exported-store.ts';
import type { JudgedRecord, Verdict } from '../../src/gates/verdict.ts';
import type { Snapshot } from '../../src/exporter/snapshot.ts';
import type { ExportSource } from '../../src/exporter/source.ts';
import { testBuild } from './built.ts';
import { exportedSigning } from '../../src/app/signing/facts.ts';
import { signingOf } from '../../src/app/signing/signing.ts';
import { clock } from './clock.ts';

/** When everything in these stores was made. */
export const noon = Date.parse('2026-11-22T12:00:00Z');
export const iso = (milliseconds: number): string => new Date(milliseconds).toISOString();

const distance = { n: 8, mean: 0.31, median: 0.3, p95: 0.44 };
const stage = { n: 8, mean: 0.21, p50: 0.2, p95: 0.31, p99: 0.4 };

/** A summary in which everything was measured. */
export const summary: RunRecord['summary'] = {
  calls: {
    planned: 10,
    ok: 8,
    network: 0,
    timeout: 1,
    status: 1,
    shape: 0,
    server_errors: 1,
    retried: 0,
    paced: 0,
  },
  questions: { judged: 4, skipped: 1, errored: 0 },
  error_rate: 0.2,
  server_error_rate: 0.1,
  semantic_distance: {
    question_retrieved: { ...distance, by_phrasing: [0.29, 0.33], worst_phrasing: 0.33 },
    retrieved_anchor: distance,
    answer_anchor: distance,
  },
  coverage: { n: 8, mean: 0.83, p05: 0.4, pass_share: 0.81, exact: 8, aligned: 0, mixed: 0 },
  lambda: {
    states: { convergent: 6, split: 1, collapsed: 1, backward: 0 },
    flip: { all: 0.04, phrasing: 0.06, seed: 0.01 },
    convergence: { all: 0.85, by_seed: { '1': 0.86, '2': 0.87 } },
  },
  latency: { total: stage, retrieve: stage },
  tool_loops: 1,
  side_effects: 3,
  dedupe_hits: 2,
};

export interface WrittenRun {
  readonly arm?: string;
  /** Seconds after noon at which it was started; it takes ten. */
  readonly at?: number;
  /** Six hexadecimal digits. */
  readonly tail?: string;
  readonly status?: RunRecord['status'];
  readonly summary?: object;
  readonly record?: object;
}

export const runId = ({ arm = 'green', at = 0, tail = 'aaaaaa' }: WrittenRun = {}): string =>
  `${iso(noon + 1000 * at).replaceAll(/[-:]|\.\d{3}/gu, '')}-${arm}-${tail}`;

/** The run that an id stands for. */
const runOf = (id: string): WrittenRun => ({
  arm: armOfRun(id),
  at: (startOf(id) - noon) / 1000,
  tail: id.slice(-6),
});

/** Writes the record of a run that has ended. Returns its id. */
export async function writeRun(store: string, run: WrittenRun = {}): Promise<string> {
  const id = runId(run);
  const { arm = 'green', at = 0, status = 'complete' } = run;
  const times = { started_at: iso(noon + 1000 * at), finished_at: iso(noon + 1000 * at + 10_000) };
  const whole: RunRecord = {
    schema: 'flipgate.run/1',
    id,
    session: '20261122T120000Z-5e5510',
    arm,
    role: 'candidate',
    status,
    ...times,
    provenance: { version: '0.0.0', node: 'v20', platform: 'p', arguments: ['run'], config_sha256: 'c' },
    gold: { sha256: 'b'.repeat(64), path: 'gold.jsonl', questions: 5 },
    plan: { questions: 5, phrasings: 2, seeds: [1], cells: 10, order_seed: 1, concurrency: 4 },
    embedder: { id: 'model@sha256:1', dimensions: 384, pooling: 'mean', window: 256 },
    view: 'best',
    artifact: { sha256: 'a'.repeat(64), complete: true },
    findings: [],
    files: {},
    summary,
  };
  const record = { ...whole, summary: { ...summary, ...run.summary }, ...run.record };
  await mkdir(path.join(store, id), { recursive: true });
  await writeFile(path.join(store, id, 'run.json'), JSON.stringify(sealed(record)));
  return id;
}

/** A call as it stands in `calls.jsonl`. */
export function callLine(more: Partial<CallLine> = {}): CallLine {
  const at = iso(noon + 60_000);
  const about = {
    question: 'Q_1',
    phrasing: 0,
    seed: 1,
    key: 'k',
    artifact_sha256: 'a',
    trace_id: 't',
    retried: false,
  };
  return {
    ...about,
    outcome: 'ok',
    at,
    latency: { total: 0.2, retrieve: 0.02 },
    tool_calls: [],
    side_effects: 1,
    dedupe_hits: 0,
    ...more,
  };
}

/** Adds calls to a run's journal; a text stands there as it is. */
export async function addCalls(
  store: string,
  id: string,
  calls: readonly (Partial<CallLine> | string)[],
): Promise<void> {
  await mkdir(path.join(store, id), { recursive: true });
  const lines = calls.map((call) =>
    typeof call === 'string' ? call : `${JSON.stringify(callLine(call))}\n`,
  );
  await appendFile(path.join(store, id, 'calls.jsonl'), lines.join(''));
}

/** A verdict that passes, of noon's runs, judged a minute later. */
export function passed(more: object = {}): Verdict {
  return {
    schema: 'flipgate.verdict/1',
    gate: 'acceptance',
    verdict: 'pass',
    arm: 'green',
    baseline: 'blue',
    evaluated_at: iso(noon + 60_000),
    evidence_at: iso(noon + 10_000),
    expires_at: iso(noon + 910_000),
    artifact: 'a'.repeat(64),
    gold: 'b'.repeat(64),
    embedder: 'model@sha256:1',
    policy: 'c'.repeat(64),
    runs: { candidate: runId(), baseline: runId({ arm: 'blue' }) },
    reason: 'all rules pass',
    rules: [
      {
        rule: 'coverage',
        verdict: 'pass',
        value: 0.83,
        limit: 0.7,
        direction: 'at_least',
        unit: 'ratio',
        reason: 'well',
      },
      { rule: 'rollback_drill', verdict: 'waived', value: 30, limit: 120, reason: 'no pointer here' },
    ],
    ...more,
  };
}

/** Writes a verdict beside the runs that it names, which are written where they are not there. */
export async function writeVerdict(
  store: string,
  verdict: Partial<Verdict>,
  name = 'acceptance.green',
): Promise<void> {
  await mkdir(path.join(store, 'verdicts'), { recursive: true });
  const records: Record<string, JudgedRecord> = {};
  for (const [role, id] of Object.entries(verdict.runs ?? {})) {
    if (!existsSync(path.join(store, id, 'run.json'))) await writeRun(store, runOf(id));
    const record: object = JSON.parse(await readFile(path.join(store, id, 'run.json'), 'utf8'));
    records[role] = { sha256: integritySha256(record), files: {} };
  }
  await writeFile(
    path.join(store, 'verdicts', `${name}.json`),
    JSON.stringify(sealed({ ...verdict, records })),
  );
}

/** An empty store that is gone after the test. */
export async function emptyStore(): Promise<string> {
  const store = await mkdtemp(path.join(tmpdir(), 'flipgate-store-'));
  onTestFinished(() => rm(store, { recursive: true, force: true }));
  return store;
}

export interface Opening
  extends
    Partial<Omit<ExportedStoreOptions, 'rest'>>,
    Partial<Pick<Snapshot, 'reported' | 'roles' | 'alertActions' | 'reload'>> {}

/** A store as the exporters read it two minutes past noon, with no look at it kept. */
export function opened(
  store: string,
  { reported = [], roles = [], alertActions, reload, ...more }: Opening = {},
): ExportSource {
  return exportedStore({
    store,
    baseline: 'blue',
    candidate: 'green',
    now: () => noon + 120_000,
    monotonic: clock.monotonic,
    expectations: new Map(),
    configured: () => undefined,
    reporting: new Set(),
    signing: exportedSigning(() => signingOf({ store }, { environment: {} })),
    toolLoop: defaultScoring.toolLoop,
    onCall: () => undefined,
    pageAssets: testBuild.pageAssets,
    rollbacks: () => openRollbackLog(store, Date.now).events(),
    rest: () => ({
      reported,
      roles,
      alertActions,
      reload,
      build: { version: '0.0.0', revision: 'r', node: 'v20' },
    }),
    ...more,
  });
}

/** The same of a minute ago, by the clock of this machine. */
export function passedNow(more: object = {}): Verdict {
  const now = Date.now();
  return passed({
    evaluated_at: iso(now - 30_000),
    evidence_at: iso(now - 60_000),
    expires_at: iso(now + 840_000),
    ...more,
  });
}

export interface WrittenRollback {
  readonly id?: string;
  readonly artifact?: string;
  /** Seconds after noon at which it began; it takes two. */
  readonly at?: number;
  readonly outcome?: 'done' | 'failed' | 'open';
}

/** The lines of a rollback of green. */
export function rollbackLines({
  id = 'f0f1f2',
  artifact = 'a'.repeat(64),
  at = 0,
  outcome = 'done',
}: WrittenRollback = {}): readonly RollbackEvent[] {
  const about = {
    schema: 'flipgate.rollback/1',
    id,
    pointer: 'edge',
    trigger: 'alertmanager',
    causes: ['f1'],
  } as const;
  const begun: RollbackEvent = {
    ...about,
    event: 'begun',
    at: iso(noon + 1000 * at),
    rolled_back: { arm: 'green', artifact, known_from: 'reported' },
  };
  if (outcome === 'open') return [begun];
  const ended = { ...about, event: 'ended', at: iso(noon + 1000 * at + 2000), outcome } as const;
  return [begun, { ...ended, seconds: 2, reason: 'rolled back, and read back', output: '' }];
}
