import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { healthy, send, startArm, versions, type ArmServer, type Received } from './arm-server.ts';
import { flipgate, runFolders, writeGold } from './cli.ts';

export interface ReportStore {
  readonly folder: string;
  /** The report of both runs. */
  readonly comparison: string;
  /** The candidate's own. */
  readonly run: string;
  remove(): Promise<void>;
}

export interface ReportedArms {
  readonly questions: number;
  /** What Green answers; the healthy answer by default. `undefined` for a fault. */
  readonly answer?: (asked: Received, usual: object) => object | undefined;
  /** Changes of a question of the gold set. */
  readonly gold?: (id: string) => object;
}

/** Two arms that were asked, compared and judged, with their reports. */
export async function reportStore({ questions, answer, gold }: ReportedArms): Promise<ReportStore> {
  const folder = await mkdtemp(path.join(tmpdir(), 'flipgate-report-'));
  await writeGold(folder, questions, gold);
  const servers = [await startArm(0), await startArm(0)] as const;
  const [blue, green] = servers;
  green.versions = { ...versions, PROMPT_VER: 'p2' };
  if (answer !== undefined) answerWith(green, answer);
  try {
    // Loopback arms of a busy machine differ in latency as they like.
    const latency_p95 = { limit: 1000 };
    const rules = { latency_p95, rollback_drill: { waived: 'nothing to flip' } };
    const gates = { acceptance: { rules }, watch: { rules: { latency_p95 } } };
    const arms = { blue: { kind: 'http', url: blue.url }, green: { kind: 'http', url: green.url } };
    await writeFile(path.join(folder, 'flipgate.yaml'), JSON.stringify({ gold: 'gold.jsonl', arms, gates }));
    const asked = await flipgate(folder, ['run', '--quiet', '--gate', 'acceptance']);
    if (![0, 1, 3].includes(asked.code ?? -1)) throw new Error(asked.stderr);
    const [before, after] = await runFolders(path.join(folder, 'reports'));
    const pair = `${path.basename(before!)}..${path.basename(after!)}`;
    const comparison = path.join(folder, 'reports/comparisons', pair, 'report.html');
    return {
      folder,
      comparison,
      run: path.join(after!, 'report.html'),
      remove: () => rm(folder, { recursive: true }),
    };
  } finally {
    await Promise.all(servers.map((server) => server.close()));
  }
}

function answerWith(server: ArmServer, answer: NonNullable<ReportedArms['answer']>): void {
  server.respond = (asked, response) => {
    const told = answer(asked, healthy(server, asked));
    if (told === undefined) send(response, 500, {});
    else send(response, 200, told);
  };
}

/** Green answers the questions 1 to 9 badly, and the last five not at all. */
export function partlyBadStore(questions: number): Promise<ReportStore> {
  return reportStore({
    questions,
    answer: ({ question, seed }, usual) => {
      const number = Number(/topic (\d+)/u.exec(question)?.[1]);
      if (number > questions - 5) return undefined;
      if (number > 9 || (number > 5 && seed === 1)) return usual;
      return {
        ...usual,
        answer: `Nobody knows the thing with number ${number}.`,
        retrieved: [{ text: 'Something else altogether.', section_id: 'other' }],
      };
    },
    gold: (id) => ({ tags: [id === 'Q_001' ? 'first' : 'later'] }),
  });
}
