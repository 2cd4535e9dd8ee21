import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'vitest';
import { healthy, send, startArm, versions, type ArmServer } from '../arm-server.ts';
import { flipgate, json, runFolders, start, until, writeGold, type Started } from '../cli.ts';

/** The runs that are made once, and put into a case's store as they are. */
export const madeRuns = [
  'another artifact',
  'a broken rule',
  'aborted',
  'interrupted',
  'killed',
  'healthy',
  'scored otherwise',
  'another baseline',
] as const;
export type MadeRun = (typeof madeRuns)[number];

/** A folder in which `acceptance` has judged Green to a pass, pages written, and runs to put beside. */
export interface Kit {
  /** The folder that cases are copies of. */
  readonly origin: string;
  readonly servers: { readonly blue: ArmServer; readonly green: ArmServer };
  /** Ids of the judged runs. */
  readonly judged: { readonly blue: string; readonly green: string };
  runsOf(made: MadeRun): Promise<readonly string[]>;
  close(): Promise<void>;
}

const questions = 24;
const sentence = (topic: number): string =>
  `All that is known about topic ${topic} stands in this one sentence of the document.`;
/** Loopback arms of a busy machine differ in latency as they like. */
const latency_p95 = { limit: 1000 };
const hour = 3600;

export const configuration = (blue: string, green: string): Record<string, any> => ({
  gold: 'gold.jsonl',
  arms: { blue: { kind: 'http', url: blue }, green: { kind: 'http', url: green } },
  gates: {
    acceptance: { maxAgeSeconds: hour, rules: { latency_p95 } },
    watch: { rules: { latency_p95 } },
    nightly: { rules: { own_coverage: { statistic: 'coverage.mean', direction: 'at_least', limit: 0.5 } } },
  },
});

export async function makeKit(): Promise<Kit> {
  const root = await mkdtemp(path.join(tmpdir(), 'flipgate-validity-'));
  const servers = { blue: await startArm(), green: await startArm() };
  servers.green.versions = { ...versions, PROMPT_VER: 'p2' };
  const origin = path.join(root, 'origin');
  const judged = await judgedOrigin(origin, servers);
  const made = new Map<MadeRun, readonly string[]>();
  const maker = new Maker(root, origin, servers);
  for (const name of madeRuns) made.set(name, await maker.make(name));
  return {
    origin,
    servers,
    judged,
    runsOf: async (name) => made.get(name) ?? [],
    async close() {
      await Promise.all(Object.values(servers).map((server) => server.close()));
      await rm(root, { recursive: true });
    },
  };
}

async function judgedOrigin(folder: string, { blue, green }: Kit['servers']): Promise<Kit['judged']> {
  await mkdir(folder);
  await writeFile(path.join(folder, 'doc.md'), `${sentence(1)}\n`);
  const byOffsets = [{ section_id: 's1', source_url: 'doc.md', offsets: [0, sentence(1).length] }];
  await writeGold(folder, questions, (id) => (id === 'Q_001' ? { anchors: byOffsets } : {}));
  await writeFile(path.join(folder, 'flipgate.yaml'), JSON.stringify(configuration(blue.url, green.url)));
  await done(folder, ['run', '--quiet', '--json']);
  await done(folder, ['drill', 'record', '--pointer', 'edge', '--ttr', '40', '--verified']);
  await done(folder, ['gate', 'acceptance', '--json']);
  await done(folder, ['report']);
  await done(folder, ['report', 'green']);
  const [first = '', second = ''] = (await runFolders(path.join(folder, 'reports'))).map((run) =>
    path.basename(run),
  );
  return first.includes('-blue-') ? { blue: first, green: second } : { blue: second, green: first };
}

async function done(folder: string, words: readonly string[]): Promise<void> {
  const end = await flipgate(folder, words);
  expect([words, end.code, end.stderr]).toEqual([words, 0, expect.any(String)]);
}

/** Asks the arms again, in copies of the origin, and misbehaves meanwhile. */
class Maker {
  readonly #root: string;
  readonly #origin: string;
  readonly #servers: Kit['servers'];

  constructor(root: string, origin: string, servers: Kit['servers']) {
    this.#root = root;
    this.#origin = origin;
    this.#servers = servers;
  }

  /** The folders of the runs that this made. */
  async make(name: MadeRun): Promise<readonly string[]> {
    const folder = path.join(this.#root, name.replaceAll(' ', '-'));
    await cp(this.#origin, folder, { recursive: true });
    const { green } = this.#servers;
    const before = { respond: green.respond, versions: green.versions };
    try {
      await this.#ask(name, folder);
    } finally {
      Object.assign(green, before);
    }
    if (name === 'scored otherwise') return this.#ofArm('green', folder);
    const known = new Set(await readdir(path.join(this.#origin, 'reports')));
    return (await runFolders(path.join(folder, 'reports'))).filter((run) => !known.has(path.basename(run)));
  }

  async #ofArm(arm: string, folder: string): Promise<readonly string[]> {
    return (await runFolders(path.join(folder, 'reports'))).filter((run) => run.includes(`-${arm}-`));
  }

  async #ask(name: MadeRun, folder: string): Promise<void> {
    const { blue, green } = this.#servers;
    switch (name) {
      case 'another artifact':
        green.versions = { ...versions, PROMPT_VER: 'p3' };
        return done(folder, ['run', '--arm', 'green', '--quiet']);
      case 'another baseline':
        blue.versions = { ...versions, MODEL_VER: 'm2' };
        await done(folder, ['run', '--arm', 'blue', '--quiet']);
        blue.versions = versions;
        return;
      case 'a broken rule':
        green.respond = (request, response) =>
          send(response, 200, { ...healthy(green, request), retrieved: [], citations: [] });
        await flipgate(folder, ['run', '--arm', 'green', '--quiet']);
        return;
      case 'aborted':
        green.respond = (_request, response) => send(response, 503, {});
        await flipgate(folder, ['run', '--arm', 'green', '--quiet']);
        return;
      case 'interrupted':
        return this.#stop(folder, 'SIGINT');
      case 'killed':
        return this.#stop(folder, 'SIGKILL');
      case 'healthy':
        return done(folder, ['run', '--quiet']);
      case 'scored otherwise': {
        const file = path.join(folder, 'flipgate.yaml');
        await writeFile(file, JSON.stringify({ ...(await json(file)), scoring: { agreementDistance: 0.2 } }));
        const [run = ''] = await this.#ofArm('green', folder);
        return done(folder, ['runs', 'score', path.basename(run)]);
      }
    }
  }

  /** Ends a run by a signal in the middle of its calls. */
  async #stop(folder: string, signal: NodeJS.Signals): Promise<void> {
    const { green } = this.#servers;
    const run = halfAsked(folder, green);
    await run.isHalfWay;
    run.started.child.kill(signal);
    if (signal === 'SIGINT') run.release();
    await run.started.finished;
  }
}

/** A run of Green that waits in the middle of its calls until it is released. */
export function halfAsked(
  folder: string,
  green: ArmServer,
): { readonly started: Started; readonly isHalfWay: Promise<void>; release(): void } {
  const held: (() => void)[] = [];
  let [asked, isReleased] = [0, false];
  const answer = green.respond;
  green.respond = (request, response) => {
    asked += 1;
    if (asked <= 50 || isReleased) answer(request, response);
    else held.push(() => answer(request, response));
  };
  return {
    started: start(folder, ['run', '--arm', 'green', '--quiet']),
    isHalfWay: until(() => held.length > 0),
    release() {
      isReleased = true;
      green.respond = answer;
      for (const respond of held) respond();
    },
  };
}
