import path from 'node:path';
import * as z from 'zod';
import { compareCodeUnits } from '../../base/canonical.ts';
import { listDirectory, readLines, writeAtomically } from '../../base/files.ts';
import { sealed } from '../../base/integrity/sealed.ts';
import type { Signer } from '../../base/integrity/signer.ts';
import { mapLimited } from '../../base/map-limited.ts';
import { namePattern } from '../../base/name-pattern.ts';
import { readRegular } from '../../base/regular-file.ts';
import { unreadVerdict } from '../../gates/error-verdict.ts';
import { verdictNames, type Verdict } from '../../gates/verdict.ts';
import { armOfRun, secondOf } from '../../plan/run-id.ts';
import { appendEvent } from '../event-log.ts';
import { runIds } from '../run-ids.ts';
import { envelopeOf, storeAttestation } from './attestation.ts';
import { documentIn, parseDocument, schemaOf, type DocumentKind, type ParsedDocument } from './document.ts';
import { integrity, signedStore, subject, succession } from './parts.ts';
import { ruleSchema } from './rule-verdict.ts';
import { successionTo } from './succession.ts';

const optionalText = z.string().exactOptional();

const judgedRecord = z.object({
  sha256: z.string().describe('of the content of `run.json`'),
  files: z.record(
    z.string(),
    z.object({
      sha256: z.string(),
      bytes: z.number(),
      modified: z.number().describe('milliseconds since 1970'),
    }),
  ),
});

const gateProblem = z.object({
  code: z.string(),
  verdict: z.enum(verdictNames).exclude(['pass']),
  reason: z.string(),
});

const verdictSubject = z.object({
  candidate: subject,
  baseline: subject.exactOptional(),
  policy: z.string(),
  configured: z
    .object({ baseline: z.string().describe('its name'), pins: z.string(), plan: z.string() })
    .exactOptional()
    .describe('what was configured beside, hashed'),
});

export const verdictSchema = schemaOf<Verdict>()(
  z.object({
    schema: z.literal('flipgate.verdict/1'),
    gate: z.string(),
    verdict: z.enum(verdictNames).describe('the worst of the rules’ and of the problems’'),
    arm: z.string(),
    baseline: optionalText.describe('the arm that was compared with'),
    evaluated_at: z.string(),
    evidence_at: optionalText.describe('when the oldest run that it rests on finished: age counts from here'),
    expires_at: optionalText,
    artifact: optionalText.describe('of the arm, hashed'),
    gold: optionalText.describe('SHA-256 of the gold set'),
    embedder: optionalText.describe('id of the embedder'),
    policy: optionalText.describe('SHA-256 of the rules'),
    runs: z
      .object({ candidate: optionalText, baseline: optionalText })
      .describe('ids of the runs that were judged'),
    subject: verdictSubject.exactOptional().describe('what the verdict is about'),
    records: z
      .object({ candidate: judgedRecord.exactOptional(), baseline: judgedRecord.exactOptional() })
      .exactOptional()
      .describe('the runs’ files as they were when they were judged'),
    windows: z
      .array(z.object({ run: z.string(), finished_at: z.string(), artifact: z.string() }))
      .exactOptional()
      .describe('of a gate that judges windows, oldest first'),
    reason: z.string().describe('one sentence for people'),
    problems: z
      .array(gateProblem)
      .exactOptional()
      .describe('what keeps the gate from passing beside its rules'),
    rules: z.array(ruleSchema).describe('every rule’s verdict with its arithmetic'),
    ...succession,
    store: signedStore,
    integrity: integrity.exactOptional(),
  }),
);

export const verdictKind: DocumentKind<Verdict> = {
  name: 'verdict',
  file: '`verdicts/<gate>.<arm>.json`, lines of `verdicts/history.jsonl`',
  about: 'What a gate says of an arm; the newest has its own file, all are in the history.',
  version: 'flipgate.verdict/1',
  schema: verdictSchema,
};

/** Where the newest verdict of a gate on an arm is stored. */
export function verdictFile(store: string, { gate, arm }: Pick<Verdict, 'gate' | 'arm'>): string {
  return path.join(store, 'verdicts', `${gate}.${arm}.json`);
}

/** The newest verdict of every gate and arm in a store, by file name; one that cannot be read is an `error`. */
export async function readVerdicts(store: string): Promise<readonly Verdict[]> {
  const folder = path.join(store, 'verdicts');
  const names = await listDirectory(folder);
  const files = names
    .filter((name) => name.endsWith('.json') && !name.startsWith('.'))
    .sort(compareCodeUnits);
  const found = await mapLimited(files, async (name) =>
    verdictIn(await textOf(path.join(folder, name)), name),
  );
  return found.flatMap((verdict) => verdict ?? []);
}

/** A file is named after what it is a verdict of: a copy under another name is none, and stands for an error of what it is named after. */
export function verdictIn(text: string, file: string): Verdict | undefined {
  const [gate = '', arm = '', ...rest] = path.basename(file, '.json').split('.');
  if (rest.length > 0 || !namePattern.test(gate) || !namePattern.test(arm)) return undefined;
  const found = parseVerdict(text);
  if (!found.ok) return unreadable(gate, arm, found.problem);
  const verdict = found.document;
  if (verdict.gate === gate && verdict.arm === arm) return verdict;
  return unreadable(gate, arm, `is a verdict of ${verdict.gate} about ${verdict.arm}`);
}

function unreadable(gate: string, arm: string, problem: string): Verdict {
  return unreadVerdict({ gate, arm }, `"${gate}.${arm}.json" ${problem}: judge again`, '');
}

/** A stored verdict. */
export function parseVerdict(text: string): ParsedDocument<Verdict> {
  return parseDocument(verdictKind, text);
}

async function textOf(file: string): Promise<string> {
  return readRegular(file).catch(() => '');
}

/**
 * The newest verdict of every gate about a run, or about two that were compared: from the history, and from the newest verdicts, which count
 * where the history lacks them. A judging that could not even find its run has judged that arm too: it is the newest then.
 */
export async function verdictsAbout(store: string, runs: Verdict['runs']): Promise<readonly Verdict[]> {
  const { candidate } = runs;
  if (candidate === undefined) return [];
  const newest = new Map<string, Verdict>();
  const take = (verdict: Verdict | undefined): void => {
    if (verdict !== undefined && tells(verdict, runs, newest)) newest.set(verdict.gate, verdict);
  };
  for (const { text: line } of readLines(path.join(store, 'verdicts', 'history.jsonl')))
    if (line.includes(candidate) || line.includes('"runs":{}')) take(documentIn(parseVerdict(line)));
  for (const verdict of await readVerdicts(store)) take(verdict);
  return [...newest.values()];
}

function tells(
  { gate, arm, runs }: Verdict,
  { candidate = '', baseline }: Verdict['runs'],
  known: ReadonlyMap<string, Verdict>,
): boolean {
  if (runs.candidate === undefined) return arm === armOfRun(candidate) && known.has(gate);
  return runs.candidate === candidate && (baseline === undefined || runs.baseline === baseline);
}

/** The worst first, then by gate. */
export function worstFirst(verdicts: readonly Verdict[]): readonly Verdict[] {
  const badness = ({ verdict }: Verdict): number => verdictNames.indexOf(verdict);
  return verdicts.toSorted(
    (a, b) => badness(b) - badness(a) || compareCodeUnits(a.gate, b.gate) || compareCodeUnits(a.arm, b.arm),
  );
}

export interface StoredVerdict {
  readonly verdict: Verdict;
  /** The file that now has it. */
  readonly file: string;
}

/**
 * Stores a verdict with its hash, signed where there is a signer: adds it to the history, and makes it the newest of its gate and arm, whole or not
 * at all. Not so where the store has a newer run of the arm: an arm's name stands for its newest run.
 */
export async function storeVerdict(store: string, found: Verdict, signer?: Signer): Promise<StoredVerdict> {
  const before = documentIn(parseVerdict(await textOf(verdictFile(store, found))));
  const verdict = sealed({ ...found, ...successionTo(before, found.evaluated_at) }, signer);
  const folder = path.join(store, 'verdicts');
  const history = path.join(folder, 'history.jsonl');
  const { candidate } = verdict.runs;
  const isNewest =
    candidate === undefined ||
    !(await runIds(store)).some((id) => armOfRun(id) === verdict.arm && secondOf(id) > secondOf(candidate));
  const file = isNewest ? verdictFile(store, verdict) : history;
  if (isNewest) {
    await writeAtomically(file, `${JSON.stringify(verdict, undefined, 2)}\n`);
    await storeAttestation(file, envelopeOf(verdict, signer));
  }
  await appendEvent(history, verdict);
  return { verdict, file };
}
