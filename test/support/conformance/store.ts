import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'vitest';
import { sealed } from '../../../src/base/integrity/sealed.ts';
import { policyOf } from '../../../src/gates/policy.ts';
import { startArm, versions, type ArmServer } from '../arm-server.ts';
import { flipgate, json, writeGold } from '../cli.ts';

/** Loopback arms of a busy machine differ in latency as they like. */
const rules = { latency_p95: { limit: 1000 } };
const questions = 24;

/** A store with a `pass` of a healthy Green, and the two arms that it is about. */
export interface HealthyStore {
  readonly arms: readonly ArmServer[];
  /** SHA-256 of Green's artifact. */
  readonly artifact: string;
  /** A copy of its own to spoil. */
  copy(): Promise<string>;
  close(): Promise<void>;
}

export async function healthyStore(): Promise<HealthyStore> {
  const folder = await mkdtemp(path.join(tmpdir(), 'flipgate-conformance-'));
  const [blue, green] = [await startArm(5), await startArm(5)];
  green.versions = { ...versions, PROMPT_VER: 'p2' };
  await writeGold(folder, questions);
  await configure(folder, [blue, green]);
  expect(
    (await flipgate(folder, ['drill', 'record', '--pointer', 'edge', '--ttr', '40', '--verified'])).code,
  ).toBe(0);
  const { code, stderr } = await flipgate(folder, ['run', '--quiet', '--gate', 'acceptance']);
  expect(code, stderr).toBe(0);
  const copies: string[] = [];
  return {
    arms: [blue, green],
    artifact: ((await json(verdictFile(folder))) as { artifact: string }).artifact,
    async copy() {
      const copied = await mkdtemp(path.join(tmpdir(), 'flipgate-conformance-'));
      copies.push(copied);
      await cp(folder, copied, { recursive: true, preserveTimestamps: true });
      return copied;
    },
    async close() {
      await Promise.all([
        blue.close(),
        green.close(),
        ...[folder, ...copies].map((one) => rm(one, { recursive: true, force: true })),
      ]);
    },
  };
}

/** Writes the configuration of a folder; `changes` are those of the acceptance rules. */
export async function configure(
  folder: string,
  [blue, green]: readonly ArmServer[],
  changes: object = {},
): Promise<void> {
  const arm = (server: ArmServer | undefined): object => ({
    kind: 'http',
    url: server?.url,
    versionsUrl: server?.versionsUrl,
  });
  const gates = { acceptance: { rules: { ...rules, ...changes } }, watch: { rules } };
  await writeFile(
    path.join(folder, 'flipgate.yaml'),
    JSON.stringify({ gold: 'gold.jsonl', arms: { blue: arm(blue), green: arm(green) }, gates }),
  );
}

/** Judges anew with whatever stands in the folder now. */
export async function judge(folder: string, code: number): Promise<void> {
  const ended = await flipgate(folder, ['gate', 'acceptance']);
  expect(ended.code, ended.stdout + ended.stderr).toBe(code);
}

export function verdictFile(folder: string): string {
  return path.join(folder, 'reports/verdicts/acceptance.green.json');
}

/** Moves the times of a verdict as a clock would that is so many seconds ahead. */
export async function shiftVerdict(folder: string, seconds: number): Promise<void> {
  const file = verdictFile(folder);
  const verdict = await json(file);
  for (const key of ['evaluated_at', 'evidence_at', 'expires_at'])
    verdict[key] = new Date(Date.parse(verdict[key] as string) + 1000 * seconds).toISOString();
  await writeFile(file, JSON.stringify(resealed(verdict)));
}

/** A verdict of the watch gate as it would be stored now: its policy and gold set are those of the configuration. */
export async function writeWatch(folder: string, verdict: 'pass' | 'fail'): Promise<void> {
  const acceptance = await json(verdictFile(folder));
  const now = Date.now();
  const rule = {
    rule: 'coverage',
    verdict,
    statistic: 'coverage.mean',
    value: verdict === 'pass' ? 0.9 : 0.4,
    limit: 0.6,
    reason: 'because',
  };
  const watch = {
    ...acceptance,
    gate: 'watch',
    verdict,
    evaluated_at: new Date(now).toISOString(),
    evidence_at: new Date(now).toISOString(),
    expires_at: new Date(now + 900_000).toISOString(),
    policy: policyOf('watch', { rules }).sha256,
    rules: [rule],
  };
  const file = path.join(folder, 'reports/verdicts/watch.green.json');
  await writeFile(file, JSON.stringify(resealed(watch)));
}

/** A document that was changed, with the hash that it has to have: as whoever knows the format would leave it. */
function resealed(document: object): object {
  return sealed({ ...document, integrity: undefined });
}

/** Cuts a file in the middle. */
export async function cut(file: string): Promise<void> {
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.slice(0, text.length / 2));
}
