import path from 'node:path';
import { UserError } from '../../base/errors.ts';
import { listDirectory, readLines } from '../../base/files.ts';
import { jsonOrUndefined } from '../../base/json.ts';
import { openEnvelope } from '../../base/integrity/envelope.ts';
import { integrityProblem, signatureOf } from '../../base/integrity/sealed.ts';
import type { Verifier } from '../../base/integrity/signer.ts';
import type { Trust } from '../../base/integrity/trust.ts';
import { readRegular } from '../../base/regular-file.ts';
import { parseComparison, type StoredComparison } from '../../store/documents/comparison.ts';
import { parseDrill } from '../../store/documents/drill.ts';
import type { ParsedDocument } from '../../store/documents/document.ts';
import { openRollbackLog } from '../../store/documents/rollback.ts';
import { readRecord } from '../../store/documents/run.ts';
import { parseVerdict } from '../../store/documents/verdict.ts';
import { checkFiles } from '../../store/hashes.ts';
import { runFolder } from '../../store/run-folder.ts';
import { runIds } from '../../store/run-ids.ts';
import { successionProblems } from './succession-problems.ts';

/** `wrong`: not what was written; `unsigned`: nobody that is trusted says who wrote it; `unreadable`: cannot be told. */
export type CheckState = 'holds' | 'wrong' | 'unsigned' | 'unreadable';

/** One document of a store, and what was found of it. */
export interface CheckedDocument {
  readonly kind: 'run' | 'verdict' | 'history' | 'comparison' | 'drill' | 'envelope' | 'rollbacks';
  /** Its path in the store. */
  readonly file: string;
  readonly state: CheckState;
  readonly problem?: string;
}

/** What is held against. */
export interface StoreChecks {
  readonly store: string;
  /** One that wants everything signed. */
  readonly trust: Trust;
  readonly verifiers: readonly Verifier[];
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Checks every hash and signature of a store; changes nothing. */
export async function verifyStore(checks: StoreChecks): Promise<readonly CheckedDocument[]> {
  const { store } = checks;
  const found = [
    ...(await runsOf(checks)),
    ...(await eachIn(path.join(store, 'verdicts'), (name) => verdictAt(checks, name))),
    ...historyOf(checks),
    ...(await eachIn(path.join(store, 'comparisons'), (name) => comparisonAt(checks, name))),
    ...(await eachIn(path.join(store, 'drills'), (name) => drillAt(checks, name))),
    ...rollbacksOf(checks),
  ];
  return found;
}

async function eachIn(
  folder: string,
  check: (name: string) => Promise<CheckedDocument | undefined>,
): Promise<readonly CheckedDocument[]> {
  const found: CheckedDocument[] = [];
  for (const name of await listDirectory(folder)) {
    const one = name.startsWith('.') ? undefined : await check(name);
    if (one !== undefined) found.push(one);
  }
  return found;
}

async function runsOf({ store, trust }: StoreChecks): Promise<readonly CheckedDocument[]> {
  const found: CheckedDocument[] = [];
  for (const id of await runIds(store)) {
    const folder = runFolder(store, id);
    const about = { kind: 'run', file: `${id}/run.json` } as const;
    try {
      const record = await readRecord(folder);
      if (record === undefined) continue; // a run that has not ended claims nothing
      await checkFiles(folder, record);
      found.push({ ...about, ...stateOf(record, trust) });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      found.push({ ...about, state: 'wrong', problem: error.message });
    }
  }
  return found;
}

/** What hash and signature say of a document. */
function stateOf(document: object, trust: Trust): Pick<CheckedDocument, 'state' | 'problem'> {
  const edited = integrityProblem(document);
  if (edited !== undefined) return { state: 'wrong', problem: edited };
  const problem = trust.problem(document);
  if (problem === undefined) return { state: 'holds' };
  return { state: signatureOf(document) === undefined ? 'unsigned' : 'wrong', problem };
}

async function verdictAt(checks: StoreChecks, name: string): Promise<CheckedDocument | undefined> {
  const file = path.join('verdicts', name);
  if (name.endsWith('.dsse.json')) return envelopeAt(checks, file);
  if (!name.endsWith('.json')) return undefined;
  return documentAt(checks, { kind: 'verdict', file }, parseVerdict);
}

async function drillAt(checks: StoreChecks, name: string): Promise<CheckedDocument | undefined> {
  if (!name.endsWith('.json')) return undefined;
  return documentAt(checks, { kind: 'drill', file: path.join('drills', name) }, parseDrill);
}

/** A comparison without a hash can be made again from its runs at any time: it proves nothing, and nothing rests on it. */
async function comparisonAt(checks: StoreChecks, name: string): Promise<CheckedDocument | undefined> {
  const about = { kind: 'comparison', file: path.join('comparisons', name, 'comparison.json') } as const;
  const parse = (text: string): ParsedDocument<StoredComparison> => {
    const document = parseComparison(text);
    return document === undefined ? { ok: false, problem: 'cannot be read' } : { ok: true, document };
  };
  const found = await documentAt(checks, about, parse);
  return found.problem === 'has no integrity hash' ? { ...found, state: 'unsigned' } : found;
}

async function documentAt<Document extends object>(
  { store, trust }: StoreChecks,
  about: Pick<CheckedDocument, 'kind' | 'file'>,
  parse: (text: string) => ParsedDocument<Document>,
): Promise<CheckedDocument> {
  const text = await readRegular(path.join(store, about.file)).catch(() => undefined);
  if (text === undefined) return { ...about, state: 'unreadable', problem: 'cannot be read' };
  const parsed = parse(text);
  return parsed.ok
    ? { ...about, ...stateOf(parsed.document, trust) }
    : { ...about, state: 'wrong', problem: parsed.problem };
}

/** An envelope says what its verdict says. */
async function envelopeAt({ store, verifiers }: StoreChecks, file: string): Promise<CheckedDocument> {
  const about = { kind: 'envelope', file } as const;
  const text = await readRegular(path.join(store, file)).catch(() => '');
  const opened = openEnvelope(text, verifiers);
  if ('problem' in opened)
    return { ...about, state: verifiers.length === 0 ? 'unsigned' : 'wrong', problem: opened.problem };
  const verdict = await readRegular(path.join(store, file.replace(/\.dsse\.json$/u, '.json'))).catch(
    () => '',
  );
  const { predicate } = opened.statement as { readonly predicate?: { readonly flipgate_verdict?: unknown } }; // signed by us
  const beside = jsonOrUndefined(verdict);
  const isSame =
    beside !== undefined && JSON.stringify(predicate?.flipgate_verdict) === JSON.stringify(beside);
  return isSame
    ? { ...about, state: 'holds' }
    : { ...about, state: 'wrong', problem: 'is not about the verdict beside it' };
}

function historyOf({ store, trust }: StoreChecks): readonly CheckedDocument[] {
  const name = path.join('verdicts', 'history.jsonl');
  const lines = [...readLines(path.join(store, name))].filter(({ text }) => text.trim() !== '');
  const parsed = lines.map(({ text }) => parseVerdict(text));
  const order = successionProblems(parsed.map((one) => (one.ok ? one.document : undefined)));
  return parsed.map((one, index): CheckedDocument => {
    const about = { kind: 'history', file: `${name}:${index + 1}` } as const;
    if (!one.ok) return { ...about, state: 'wrong', problem: one.problem };
    const found = { ...about, ...stateOf(one.document, trust) };
    const problem = order[index];
    return problem === undefined || found.state === 'wrong' ? found : { ...about, state: 'wrong', problem };
  });
}

/** Rolling back needs no signature: what is checked is that every line is whole. */
function rollbacksOf({ store, now }: StoreChecks): readonly CheckedDocument[] {
  const about = { kind: 'rollbacks', file: path.join('rollbacks', 'history.jsonl') } as const;
  try {
    const events = openRollbackLog(store, () => now).events();
    const edited = events.map((event) =>
      event.integrity === undefined ? undefined : integrityProblem(event),
    );
    const problem = edited.find((one) => one !== undefined);
    if (problem !== undefined) return [{ ...about, state: 'wrong', problem: `a line ${problem}` }];
    return events.length === 0 ? [] : [{ ...about, state: 'holds' }];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [{ ...about, state: 'unreadable', problem: error.message }];
  }
}
