import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from 'vitest';
import { healthy, send, startArm, versions, type ArmServer } from '../arm-server.ts';
import { flipgate, jsonLines, runFolders, start, until, writeGold } from '../cli.ts';
import { startNginx, type Nginx } from '../servers/nginx.ts';
import { serverFolder } from '../servers/process.ts';

export const token = 'a-token-of-the-hold-and-watch';
const questions = 24;
/** A session with as few calls as every rule of the watch can be judged on. */
const short = ['--paraphrases', '1', '--seeds', '1'];
/** Loopback arms of a busy machine differ in latency as they like. */
const lenient = { limit: 1e6 };

/** Two arms behind nginx, not called Blue and Green, and a folder in which flipgate looks after them. */
export interface Site {
  readonly folder: string;
  readonly nginx: Nginx;
  readonly canary: ArmServer;
  /** The arm that users reach, asked through nginx. */
  live(): Promise<string>;
  /** Changes what is configured of the rule that stops at once. */
  configure(rule: object): Promise<void>;
  /** What the candidate retrieves from now on. */
  damage(isDamaged: boolean): void;
  /** A window, judged with the ones before it. Returns the exit code of the gate. */
  watch(...earlier: readonly string[]): Promise<number | null>;
  /** A full session, judged by the acceptance gate. */
  accept(): Promise<number | null>;
  /** Judges what is there by the acceptance gate. */
  judgeAgain(): Promise<number | null>;
  /** A run that is interrupted with Ctrl-C in its middle. */
  interrupt(): Promise<number | null>;
  /** The candidate's runs, oldest first. */
  runs(): Promise<readonly string[]>;
  /** Rollbacks that were done, and the files' other lines. */
  rollbacks(): Promise<readonly Record<string, any>[]>;
  close(): Promise<void>;
}

export async function openSite(nginxBinary: string): Promise<Site> {
  const folder = await serverFolder('hold');
  const [stable, canary] = [await startArm(5), await startArm(5)];
  canary.versions = { ...versions, PROMPT_VER: 'p2' };
  const origins = { stable: stable.url, canary: canary.url };
  const nginx = await startNginx(nginxBinary, origins, 'stable');
  await writeGold(folder, questions);
  const live = async (): Promise<string> => {
    const response = await fetch(`${nginx.url}/versions`, { headers: { connection: 'close' } });
    return ((await response.json()) as { PROMPT_VER: string }).PROMPT_VER === 'p1' ? 'stable' : 'canary';
  };
  const configure = (rule: object): Promise<void> =>
    writeFile(
      path.join(folder, 'flipgate.yaml'),
      JSON.stringify(configuration({ stable, canary, nginx }, rule)),
    );
  await configure({});
  const gate = async (name: string, ...more: readonly string[]): Promise<number | null> =>
    (await flipgate(folder, ['gate', name, ...more])).code;
  const drill = ['drill', 'record', '--pointer', 'edge', '--ttr', '5', '--verified'];
  expect((await flipgate(folder, drill)).code).toBe(0);
  const run = async (...more: readonly string[]): Promise<void> => {
    const { code, stderr } = await flipgate(folder, ['run', '--quiet', '--json', ...more]);
    expect(code, stderr).toBe(0);
  };
  return {
    folder,
    nginx,
    canary,
    live,
    configure,
    damage: (isDamaged) => damage(canary, isDamaged),
    watch: async (...earlier) => {
      await run(...short);
      return gate('watch', ...earlier.flatMap((one) => ['--window', one]));
    },
    accept: async () => {
      await run();
      return gate('acceptance');
    },
    judgeAgain: () => gate('acceptance'),
    interrupt: () => interrupted(folder, canary),
    runs: async () =>
      (await runFolders(path.join(folder, 'reports')))
        .map((one) => path.basename(one))
        .filter((one) => one.includes('-canary-')),
    rollbacks: () => jsonLines(path.join(folder, 'reports/rollbacks/history.jsonl')).catch(() => []),
    close: async () => {
      await Promise.all([stable.close(), canary.close(), nginx.close()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function configuration(
  {
    stable,
    canary,
    nginx,
  }: { readonly stable: ArmServer; readonly canary: ArmServer; readonly nginx: Nginx },
  rule: object,
): object {
  const arm = ({ url, versionsUrl }: ArmServer): object => ({ kind: 'http', url, versionsUrl });
  const atOnce = { statistic: 'coverage.mean', limit: 0.6, evidence: 'point', ...rule };
  const isStable = `curl -sS --max-time 5 ${nginx.url}/versions | grep -q '"p1"'`;
  return {
    gold: 'gold.jsonl',
    baseline: 'stable',
    candidate: 'canary',
    arms: { stable: arm(stable), canary: arm(canary) },
    gates: {
      acceptance: { rules: { latency_p95: lenient } },
      watch: { rules: { latency_p95: lenient, latency_p95_warning: lenient, coverage_at_once: atOnce } },
    },
    serve: { token },
    rollback: {
      pointer: 'edge',
      // Old workers of nginx answer a little longer: moved is what new connections see. It ends also when nginx does.
      command: [
        'sh',
        '-c',
        `${nginx.command.join(' ')} stable && for try in $(seq 100); do ${isStable} && exit 0; sleep 0.05; done; exit 1`,
      ],
      verify: { command: ['sh', '-c', isStable] },
    },
  };
}

function damage(canary: ArmServer, isDamaged: boolean): void {
  canary.respond = (request, response) => {
    const { question, seed } = request;
    const elsewhere = { ...request, question: isDamaged ? 'topic 0' : question, seed };
    send(response, 200, healthy(canary, elsewhere));
  };
}

async function interrupted(folder: string, canary: ArmServer): Promise<number | null> {
  const before = canary.received.length;
  const { respond } = canary;
  canary.respond = (request, response) => {
    if (canary.received.length < before + questions) respond(request, response);
  };
  const { child, finished } = start(folder, ['run', '--arm', 'canary', '--quiet', ...short]);
  await until(() => canary.received.length >= before + questions);
  child.kill('SIGINT');
  const { code } = await finished;
  canary.respond = respond;
  return code;
}
