import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { compareCodeUnits } from '../../base/canonical.ts';
import { mapLimited } from '../../base/map-limited.ts';
import { listDirectory, readLines } from '../../base/files.ts';
import { jsonOrUndefined } from '../../base/json.ts';
import { namePattern } from '../../base/name-pattern.ts';
import { verdictSchema } from '../../gates/verdict-schema.ts';
import { verdictNames, type Verdict } from '../../gates/verdict.ts';
import type { Comparison } from '../../statistics/comparison.ts';
import { comparisonSchema } from './comparison-schema.ts';
import { armOfRun } from '../../plan/run-id.ts';

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
  const verdict = parseVerdict(text);
  return verdict?.gate === gate && verdict.arm === arm ? verdict : unreadable(gate, arm);
}

function unreadable(gate: string, arm: string): Verdict {
  const reason = `"${gate}.${arm}.json" is no verdict that this version can read: judge again`;
  return {
    schema: 'flipgate.verdict/1',
    gate,
    verdict: 'error',
    arm,
    evaluated_at: '',
    runs: {},
    reason,
    rules: [],
  };
}

/** A stored verdict; `undefined` for what is none that this version can read. */
export function parseVerdict(text: string): Verdict | undefined {
  const value = jsonOrUndefined(text);
  return verdictSchema.safeParse(value).success ? (value as Verdict) : undefined; // checked as far as anybody decides by it
}

/** A stored comparison; `undefined` for what is none. */
export function parseComparison(text: string): Comparison | undefined {
  const value = jsonOrUndefined(text);
  const isOurs =
    typeof value === 'object' &&
    value !== null &&
    'schema' in value &&
    value.schema === 'flipgate.comparison/1';
  return isOurs ? (value as Comparison) : undefined; // its schema says so
}

/** Where the comparison of two runs is stored. */
export function comparisonFile(store: string, baseline: string, candidate: string): string {
  return path.join(store, 'comparisons', `${baseline}..${candidate}`, 'comparison.json');
}

/** The stored comparison of two runs; `undefined` where there is none that can be read: it can be made again. */
export async function readComparison(
  store: string,
  { baseline, candidate }: Verdict['runs'],
): Promise<Comparison | undefined> {
  if (baseline === undefined || candidate === undefined) return undefined;
  const found = parseComparison(await textOf(comparisonFile(store, baseline, candidate)));
  return comparisonSchema.safeParse(found).success ? found : undefined;
}

async function textOf(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '');
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
  for (const { text } of readLines(path.join(store, 'verdicts', 'history.jsonl')))
    if (text.includes(candidate) || text.includes('"runs":{}')) take(parseVerdict(text));
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
