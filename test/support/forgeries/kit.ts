import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { newKeyPair } from '../../../src/base/integrity/keys.ts';
import { healthy, send, startArm, versions, type ArmServer } from '../arm-server.ts';
import { runFolders, writeGold } from '../cli.ts';
import { openCommands, type Commands } from '../validity/commands.ts';

/** A store in which Green passed, and what became of it: Green was asked again, was bad, and failed. */
export interface History {
  /** The folder when Green had passed: what somebody may have kept a copy of. */
  readonly passed: string;
  /** The folder as it is. */
  readonly failed: string;
  readonly runs: { readonly blue: string; readonly good: string; readonly bad: string };
}

export interface ForgeryKit {
  readonly signed: History;
  /** Signed by the same key, for another store. */
  readonly staging: History;
  readonly unsigned: History;
  close(): Promise<void>;
}

const questions = 24;
const elsewhere = [
  {
    snippet_id: 'S_0',
    section_id: 's0',
    source_url: 'other.md',
    text: 'The canteen opens at noon and has soup.',
  },
];
/** Loopback arms of a busy machine differ in latency as they like, and runs of two sessions are not compared in it. */
const latency_p95 = { waived: 'arms on loopback' };
const hour = 3600;

/** Registers the hooks of a test file: one kit for all of it, and a process that runs its commands. */
export function forgeryKit(): { readonly kit: ForgeryKit; readonly commands: Commands } {
  let made: { readonly kit: ForgeryKit; readonly commands: Commands } | undefined;
  beforeAll(async () => {
    const commands = openCommands();
    made = { kit: await makeForgeryKit(commands), commands };
  }, 240_000);
  afterAll(async () => {
    made?.commands.close();
    await made?.kit.close();
  });
  return {
    get kit() {
      return made!.kit;
    },
    get commands() {
      return made!.commands;
    },
  };
}

/** What forgers are up against: everything that is read has to be signed. */
async function makeForgeryKit(commands: Commands): Promise<ForgeryKit> {
  const root = await mkdtemp(path.join(tmpdir(), 'flipgate-forgeries-'));
  const servers = { blue: await startArm(), green: await startArm() };
  servers.green.versions = { ...versions, PROMPT_VER: 'p2' };
  const { privatePem, publicKey } = newKeyPair();
  const key = path.join(root, 'flipgate.key');
  await writeFile(key, privatePem, { mode: 0o600 });
  const made = (name: string, signing?: object): Promise<History> =>
    makeHistory(path.join(root, name), { servers, commands, signing });
  const signing = { key, trusted: [publicKey], require: true, seen: 'seen' };
  return {
    signed: await made('signed', { ...signing, store: 'production' }),
    staging: await made('staging', { ...signing, store: 'staging' }),
    unsigned: await made('unsigned'),
    async close() {
      await Promise.all(Object.values(servers).map((server) => server.close()));
      await rm(root, { recursive: true });
    },
  };
}

interface Making {
  readonly servers: { readonly blue: ArmServer; readonly green: ArmServer };
  readonly commands: Commands;
  readonly signing: object | undefined;
}

async function makeHistory(root: string, { servers, commands, signing }: Making): Promise<History> {
  const [passed, failed] = [path.join(root, 'passed'), path.join(root, 'failed')];
  const { blue, green } = servers;
  const done = async (folder: string, words: readonly string[], expected = 0): Promise<void> => {
    const { code, stdout, stderr } = await commands.start(folder, words).finished;
    if (code !== expected) throw new Error(`${words.join(' ')}: ${String(code)} ${stdout}${stderr}`);
  };
  await mkdir(passed, { recursive: true });
  await writeGold(passed, questions);
  const config = {
    gold: 'gold.jsonl',
    arms: { blue: { kind: 'http', url: blue.url }, green: { kind: 'http', url: green.url } },
    gates: {
      acceptance: { maxAgeSeconds: hour, rules: { latency_p95 } },
      lax: {
        maxAgeSeconds: hour,
        rules: { own: { statistic: 'coverage.mean', direction: 'at_least', limit: 0 } },
      },
    },
    ...(signing && { signing }),
  };
  await writeFile(path.join(passed, 'flipgate.yaml'), JSON.stringify(config));
  await done(passed, ['run', '--quiet', '--json']);
  await done(passed, ['drill', 'record', '--pointer', 'edge', '--ttr', '40', '--verified']);
  await done(passed, ['gate', 'acceptance', '--json']);
  await cp(passed, failed, { recursive: true });
  const before = await runFolders(path.join(passed, 'reports'));
  await turnOfSecond(); // ids tell seconds apart
  const respond = green.respond;
  green.respond = (request, response) =>
    send(response, 200, { ...healthy(green, request), retrieved: elsewhere });
  await done(failed, ['run', '--arm', 'green', '--quiet', '--json']);
  green.respond = respond;
  await done(failed, ['gate', 'acceptance', '--json'], 1);
  await done(failed, ['gate', 'lax', '--json']);
  const named = (runs: readonly string[], what: string): string =>
    path.basename(runs.find((run) => run.includes(what)) ?? '');
  const after = (await runFolders(path.join(failed, 'reports'))).filter(
    (run) => !before.some((old) => path.basename(old) === path.basename(run)),
  );
  const runs = {
    blue: named(before, '-blue-'),
    good: named(before, '-green-'),
    bad: named(after, '-green-'),
  };
  return { passed, failed, runs };
}

function turnOfSecond(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1000 - (Date.now() % 1000) + 5));
}
