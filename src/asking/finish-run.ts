import type { Signer } from '../base/integrity/signer.ts';
import { fileHash } from '../base/files.ts';
import type { EmbedderIdentity, Finding, RunRecord } from '../scoring/record.ts';
import { recordedScoring, scoringSha256, type ScoringOptions } from '../scoring/scoring-options.ts';
import { partSha256, planSha256, type Subject } from '../scoring/subject.ts';
import { artifactOf } from '../scoring/artifact.ts';
import type { QueueEnd } from './arm-queue.ts';
import type { PlanFile } from '../store/documents/plan.ts';
import { writeRecord } from '../store/documents/run.ts';
import type { ScoredRun } from './score-run.ts';
import { recordedFiles, type RunFolder } from '../store/run-folder.ts';

export interface Ending {
  readonly folder: RunFolder;
  readonly file: PlanFile;
  readonly status: QueueEnd;
  readonly scoring: ScoringOptions;
  readonly embedder?: EmbedderIdentity | undefined;
  /** Hash of the embedder's settings; part of the run's subject. */
  readonly embedderSettings: string;
  readonly result: ScoredRun;
  readonly signer: Signer | undefined;
}

/** Puts the record together and writes it: the run has ended. `finished_at` is the last answer's time, so that scoring again renews nothing. */
export async function finishRun(ending: Ending): Promise<RunRecord> {
  const { folder, file, result } = ending;
  const { artifacts } = result;
  const record: RunRecord = {
    schema: 'flipgate.run/1',
    id: file.id,
    session: file.session,
    arm: file.arm,
    role: file.role,
    status: ending.status,
    started_at: file.started_at,
    finished_at: result.lastAnswerAt ?? file.started_at,
    provenance: file.provenance,
    gold: { sha256: file.gold.sha256, path: file.gold.path, questions: file.gold.questions },
    plan: planOfRecord(file),
    ...(ending.embedder === undefined ? {} : { embedder: ending.embedder }),
    view: ending.scoring.view,
    scoring: recordedScoring(ending.scoring),
    subject: subjectOf(ending),
    artifact: artifactOfRun(artifacts),
    ...(artifacts.length > 1 ? { artifacts } : {}),
    findings: [...result.findings, ...tornFinding(file)],
    files: await hashes(folder),
    summary: result.summary,
  };
  return writeRecord(folder, record, ending.signer);
}

function subjectOf({ file, scoring, embedderSettings, result }: Ending): Subject {
  const { phrasings, seeds, limit, tag } = file.plan;
  return {
    ...file.subject,
    artifact: artifactOfRun(result.artifacts).sha256,
    embedder: embedderSettings,
    scoring: scoringSha256(scoring),
    view: partSha256(scoring.view),
    plan: planSha256({ paraphrases: phrasings - 1, seeds, limit, tag }),
  };
}

/** What most answers reported; nothing but missing fields where no call was answered. */
function artifactOfRun(artifacts: ScoredRun['artifacts']): RunRecord['artifact'] {
  const [first] = artifacts;
  if (first === undefined) return artifactOf(undefined);
  const { count: _count, ...artifact } = first;
  return artifact;
}

function planOfRecord({ plan }: PlanFile): RunRecord['plan'] {
  const { questions, phrasings, seeds, cells, order_seed, rate, concurrency } = plan;
  return {
    questions,
    phrasings,
    seeds,
    cells,
    order_seed,
    ...(rate === undefined ? {} : { rate }),
    concurrency,
  };
}

function tornFinding(file: PlanFile): readonly Finding[] {
  const { torn_lines: count = 0 } = file;
  return count === 0 ? [] : [{ code: 'torn_line', count }];
}

async function hashes(folder: RunFolder): Promise<Readonly<Record<string, string>>> {
  const pairs = await Promise.all(
    Object.entries(recordedFiles(folder)).map(async ([name, file]) => [name, await fileHash(file)] as const),
  );
  return Object.fromEntries(pairs.flatMap(([name, hash]) => (hash === undefined ? [] : [[name, hash]])));
}
