import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { compareCodeUnits } from '../base/canonical.ts';
import { UserError, exitCodes } from '../base/errors.ts';
import { namesIn } from '../base/files.ts';
import { jsonOrUndefined } from '../base/json.ts';
import { verdictNames, type Verdict } from '../gates/verdict.ts';
import type { Comparison } from '../statistics/comparison.ts';

/** What every reader relies on; the rest is shown as it is. */
const verdictSchema = z.looseObject({
  schema: z.literal('flipgate.verdict/1'),
  gate: z.string(),
  verdict: z.enum(verdictNames),
  arm: z.string(),
  evaluated_at: z.string(),
  reason: z.string(),
  runs: z.looseObject({ candidate: z.string().optional(), baseline: z.string().optional() }),
  rules: z.array(z.looseObject({ rule: z.string(), verdict: z.enum([...verdictNames, 'waived']), reason: z.string() })),
});

/** The newest verdict of every gate and arm in a store, by file name. Throws a `UserError` (exit 4) for one that cannot be read. */
export async function readVerdicts(store: string): Promise<readonly Verdict[]> {
  const folder = path.join(store, 'verdicts');
  const names = await namesIn(folder);
  const files = names.filter((name) => name.endsWith('.json') && !name.startsWith('.')).sort(compareCodeUnits);
  return Promise.all(files.map((name) => readVerdict(path.join(folder, name))));
}

async function readVerdict(file: string): Promise<Verdict> {
  const value = await readJson(file);
  if (verdictSchema.safeParse(value).success) return value as Verdict; // checked as far as anybody decides by it
  throw new UserError(`"${file}" is no verdict that this version can read`, {
    hint: 'it is damaged or from a newer flipgate: judge again with flipgate gate',
    exitCode: exitCodes.error,
  });
}

/** The stored comparison of two runs; `undefined` where there is none. */
export async function readComparison(store: string, { baseline, candidate }: Verdict['runs']): Promise<Comparison | undefined> {
  if (baseline === undefined || candidate === undefined) return undefined;
  const value = await readJson(path.join(store, 'comparisons', `${baseline}..${candidate}`, 'comparison.json'));
  const isOurs = typeof value === 'object' && value !== null && 'schema' in value && value.schema === 'flipgate.comparison/1';
  return isOurs ? (value as Comparison) : undefined; // its schema says so
}

async function readJson(file: string): Promise<unknown> {
  return jsonOrUndefined(await readFile(file, 'utf8').catch(() => ''));
}
