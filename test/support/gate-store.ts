import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest';
import { sealed } from '../../src/base/integrity/sealed.ts';
import { startArm, versions, type ArmServer } from './arm-server.ts';
import { flipgate, json, runFolders, writeGold, type Finished } from './cli.ts';

/** One session of a healthy Blue and a healthy Green, asked once for a test file; every test gets a copy of its folder. */
export interface GateStore {
  readonly folder: string;
  readonly servers: readonly ArmServer[];
  /** `flipgate gate acceptance --json`. */
  judge(...more: string[]): Promise<Finished>;
  /** The stored verdict. */
  stored(): Promise<Record<string, any>>;
  /** The folder of an arm's run. */
  runOf(name: string): Promise<string>;
  /** Edits a run's record as somebody does who gives it the hash that it has to have. */
  editRecord(name: string, edit: (record: Record<string, any>) => void): Promise<void>;
  configure(gates: object): Promise<void>;
}

/** Loopback arms of a busy machine differ in latency as they like. */
export const latency_p95 = { limit: 1000 };
export const lenient = { maxAgeSeconds: 3600, rules: { latency_p95 } };
const watch = { rules: { latency_p95 } };
const questions = 24;

/** Registers the hooks of a test file. */
export function gateStore(): GateStore {
  let [origin, folder] = ['', ''];
  const servers: ArmServer[] = [];
  beforeAll(async () => {
    origin = await mkdtemp(path.join(tmpdir(), 'flipgate-gate-'));
    await askBoth(origin, servers);
  }, 60_000);
  afterAll(async () => {
    await Promise.all(servers.map((server) => server.close()));
    await rm(origin, { recursive: true });
  });
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'flipgate-gate-'));
    await cp(origin, folder, { recursive: true });
  });
  afterEach(() => rm(folder, { recursive: true }));
  const runOf = async (name: string): Promise<string> => {
    const runs = await runFolders(path.join(folder, 'reports'));
    return runs.find((run) => run.includes(`-${name}-`)) ?? '';
  };
  return {
    get folder() {
      return folder;
    },
    servers,
    judge: (...more) => flipgate(folder, ['gate', 'acceptance', '--json', ...more]),
    stored: () => json(path.join(folder, 'reports/verdicts/acceptance.green.json')),
    runOf,
    async editRecord(name, edit) {
      const file = path.join(await runOf(name), 'run.json');
      const record = await json(file);
      delete record['integrity'];
      edit(record);
      await writeFile(file, JSON.stringify(sealed(record)));
    },
    async configure(gates) {
      const file = path.join(folder, 'flipgate.yaml');
      await writeFile(file, JSON.stringify({ ...(await json(file)), gates: { watch, ...gates } }));
    },
  };
}

async function askBoth(folder: string, servers: ArmServer[]): Promise<void> {
  await writeGold(folder, questions);
  const [blue, green] = [await startArm(5), await startArm(5)];
  green.versions = { ...versions, PROMPT_VER: 'p2' };
  servers.push(blue, green);
  const arms = { blue: { kind: 'http', url: blue.url }, green: { kind: 'http', url: green.url } };
  await writeFile(
    path.join(folder, 'flipgate.yaml'),
    JSON.stringify({ gold: 'gold.jsonl', arms, gates: { acceptance: lenient, watch } }),
  );
  expect((await flipgate(folder, ['run', '--quiet', '--json'])).code).toBe(0);
  expect(
    (await flipgate(folder, ['drill', 'record', '--pointer', 'edge', '--ttr', '40', '--verified'])).code,
  ).toBe(0);
}
