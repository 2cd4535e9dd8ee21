import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { compareCodeUnits } from '../base/canonical.ts';
import { UserError, exitCodes } from '../base/errors.ts';
import { namesIn, readLines } from '../base/files.ts';
import { jsonOrUndefined } from '../base/json.ts';
import { verdictSchema } from '../gates/verdict-schema.ts';
import { verdictNames, type Verdict } from '../gates/verdict.ts';
import type { Comparison } from '../statistics/comparison.ts';

/** The newest verdict of every gate and arm in a store, by file name. Throws a `UserError` (exit 4) for one that cannot be read. */
export async function readVerdicts(store: string): Promise<readonly Verdict[]> {
  const folder = path.join(store, 'verdicts');
  const names = await namesIn(folder);
  const files = names.filter((name) => name.endsWith('.json') && !name.startsWith('.')).sort(compareCodeUnits);
  return Promise.all(files.map((name) => readVerdict(path.join(folder, name))));
}

/** A stored verdict; `undefined` for what is none that this version can read. */
export function parseVerdict(text: string): Verdict | undefined {
  const value = jsonOrUndefined(text);
  return verdictSchema.safeParse(value).success ? (value as Verdict) : undefined; // checked as far as anybody decides by it
}

/** A stored comparison; `undefined` for what is none. */
export function parseComparison(text: string): Comparison | undefined {
  const value = jsonOrUndefined(text);
  const isOurs = typeof value === 'object' && value !== null && 'schema' in value && value.schema === 'flipgate.comparison/1';
  return isOurs ? (value as Comparison) : undefined; // its schema says so
}

/** Where the comparison of two runs is stored. */
export function comparisonFile(store: string, baseline: string, candidate: string): string {
  return path.join(store, 'comparisons', `${baseline}..${candidate}`, 'comparison.json');
}

async function readVerdict(file: string): Promise<Verdict> {
  const verdict = parseVerdict(await textOf(file));
  if (verdict !== undefined) return verdict;
  throw new UserError(`"${file}" is no verdict that this version can read`, {
    hint: 'it is damaged or from a newer flipgate: judge again with flipgate gate',
    exitCode: exitCodes.error,
  });
}

/** The stored comparison of two runs; `undefined` where there is none. */
export async function readComparison(store: string, { baseline, candidate }: Verdict['runs']): Promise<Comparison | undefined> {
  if (baseline === undefined || candidate === undefined) return undefined;
  return parseComparison(await textOf(comparisonFile(store, baseline, candidate)));
}

async function textOf(file: string): Promise<string> {
  return readFile(file, 'utf8').catch(() => '');
}

/** The newest verdict of every gate about a run, or about two that were compared, the worst first. Lines that were cut are passed over. */
export function verdictsAbout(store: string, { candidate, baseline }: Verdict['runs']): readonly Verdict[] {
  const newest = new Map<string, Verdict>();
  for (const { text } of readLines(path.join(store, 'verdicts', 'history.jsonl'))) {
    const verdict = candidate === undefined || !text.includes(candidate) ? undefined : parseVerdict(text);
    const isAbout = verdict?.runs.candidate === candidate && (baseline === undefined || verdict?.runs.baseline === baseline);
    if (verdict !== undefined && isAbout) newest.set(verdict.gate, verdict);
  }
  return [...newest.values()].sort(
    (a, b) => verdictNames.indexOf(b.verdict) - verdictNames.indexOf(a.verdict) || compareCodeUnits(a.gate, b.gate),
  );
}
