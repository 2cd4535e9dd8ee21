import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { sha256 } from '../../src/base/canonical.ts';
import type { Question } from '../../src/plan/gold-set.ts';
import type { CallLine, RunRecord, ScoreLine } from '../../src/scoring/record.ts';
import { storeGold } from '../../src/store/documents/gold.ts';
import { writePlan } from '../../src/store/documents/plan.ts';
import { runFolder, type RunFolder } from '../../src/store/run-folder.ts';
import { evidenceOf, goldSha256, questionIds } from './evidence.ts';
import { callLine } from './store-files.ts';

export interface RecordedRun {
  readonly arm?: string;
  readonly id?: string;
  /** One phrasing and one seed each; as many calls. */
  readonly questions?: number;
  /** Changes of every call; what is `undefined` is left out. */
  readonly call?: (question: string) => object;
  /** Lines of `calls.jsonl` in place of those. */
  readonly lines?: readonly string[];
  readonly score?: (question: string) => Partial<ScoreLine>;
  /** Retrieved texts, by SHA-256. */
  readonly texts?: readonly string[];
  readonly record?: object;
  readonly anchor?: string;
}

/** Writes a run that has ended, with its files, into a store. */
export async function recordRun(store: string, run: RecordedRun = {}): Promise<RunFolder> {
  const {
    arm = 'green',
    questions = 2,
    call = () => ({}),
    score = () => ({ coverage: 1 }),
    texts = [],
  } = run;
  const folder = runFolder(store, run.id ?? `20261122T120000Z-${arm}-aaaaaa`);
  const { record } = evidenceOf({ arm, id: folder.id, questions, phrasings: 1, seeds: [1] });
  const ids = questionIds(questions);
  const asked = ids.map((id): Question => {
    const anchors = [{ section_id: 's', text: run.anchor ?? 'The pointer flips in one step.' }];
    return { id, question: `What about ${id}?`, paraphrases: [], anchors, answerable: true, tags: [] };
  });
  const stored = await storeGold(store, {
    sha256: goldSha256,
    path: 'gold',
    questions: asked,
    documents: new Map(),
  });
  await writePlan(folder, planOf(record, stored));
  const lines =
    run.lines ?? ids.map((id) => JSON.stringify({ ...callLine({ question: id, key: id }), ...call(id) }));
  const scores = ids.map((id) =>
    JSON.stringify({ question: id, phrasing: 0, seed: 1, key: id, ...score(id) }),
  );
  await mkdir(folder.path, { recursive: true });
  await writeFile(folder.calls, asLines(lines));
  await writeFile(folder.scores, asLines(scores));
  await writeFile(
    folder.snippets,
    asLines(texts.map((text) => JSON.stringify({ sha256: sha256(text), text }))),
  );
  await writeFile(path.join(folder.path, 'run.json'), JSON.stringify({ ...record, ...run.record }));
  return folder;
}

function planOf(
  { id, session, arm, role, started_at, gold, plan, provenance }: RunRecord,
  stored: string,
): Parameters<typeof writePlan>[1] {
  return {
    schema: 'flipgate.plan/1',
    id,
    session,
    arm,
    role,
    started_at,
    gold: { ...gold, stored_as: stored },
    plan: { ...plan, seeds: [...plan.seeds] },
    scored: true,
    provenance: { ...provenance, arguments: [...provenance.arguments] },
    torn_lines: 0,
  };
}

function asLines(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}

/** A call with its keys in the order of another program. */
export function answerFirst(call: Partial<CallLine>): string {
  const { latency, retried, ...rest } = callLine({ answer: 'It flips.', ...call });
  return JSON.stringify({ ...rest, latency, retried });
}
