import { errorAt, inFileOrder, warningAt, type GoldFinding } from './finding.ts';
import { goldSha256 } from './identity.ts';
import { lintDistances, type EmbedTexts } from './lint-distances.ts';
import { repeatedPhrasings, sharedAnchors } from './lint-repeats.ts';
import { resolveSource, type LoadOptions } from './load.ts';
import { readGold, type GoldEntry, type GoldSource } from './read.ts';
import { anchorKeys, questionKeys } from './schema.ts';
import { nearestName } from '../text/nearest.ts';

export interface LintOptions extends LoadOptions {
  /** Paraphrases that each question must have. */
  readonly paraphrases: number;
  readonly embed: EmbedTexts;
}

export interface LintReport {
  readonly findings: readonly GoldFinding[];
  /** Questions of the right shape. */
  readonly questions: number;
  /** The identity; absent for a set that does not load. */
  readonly sha256?: string;
}

const fewestQuestions = 20;

/**
 * Everything that can be found wrong with the gold set at a path, also for one that does not load; findings in the order of the files. Throws
 * a `UserError` only where there is nothing to read, or where the embedder fails.
 */
export async function lintGold(path: string, options: LintOptions): Promise<LintReport> {
  const source = await readGold(path, options.workingDirectory);
  const { resolved, findings } = await resolveSource(source, options);
  const found = [
    ...findings,
    ...tooFewQuestions(source),
    ...source.entries.flatMap((entry) => [
      ...tooFewParaphrases(entry, options.paraphrases),
      ...suspiciousKeys(entry),
      ...needlessAnchors(entry),
    ]),
    ...repeatedPhrasings(source.entries),
    ...sharedAnchors(resolved),
    ...(await lintDistances(resolved, options.embed)),
  ];
  const loads = findings.every((finding) => finding.severity !== 'error');
  return {
    findings: inFileOrder(found),
    questions: source.entries.length,
    ...(loads ? { sha256: goldSha256(source.entries.map((entry) => entry.raw)) } : {}),
  };
}

function tooFewQuestions({ path, entries }: GoldSource): GoldFinding[] {
  if (entries.length >= fewestQuestions) return [];
  const words = {
    message: `the set has ${entries.length} questions: expected at least ${fewestQuestions}`,
    hint: 'with fewer questions the gates cannot tell good from bad: 20 to 40 is usual',
  };
  return [errorAt({ file: path }, 'too_few_questions', words)];
}

function tooFewParaphrases({ place, question }: GoldEntry, wanted: number): GoldFinding[] {
  const found = question.paraphrases.length;
  if (found >= wanted) return [];
  const words = {
    message: `found ${found} paraphrases: expected at least ${wanted}`,
    hint: 'add other ways to ask the same, or configure fewer under plan.paraphrases',
  };
  return [errorAt(place, 'too_few_paraphrases', words)];
}

function suspiciousKeys({ place, raw, question }: GoldEntry): GoldFinding[] {
  const near = [
    ...misspelt(Object.keys(raw), questionKeys),
    ...question.anchors.flatMap((anchor) => misspelt(Object.keys(anchor), anchorKeys)),
  ];
  return near.map(({ key, known }) =>
    warningAt(place, 'suspicious_key', {
      message: `key "${key}" has no meaning here`,
      hint: `did you mean "${known}"? other keys are kept, and count for the identity, but nothing reads them`,
    }),
  );
}

function misspelt(
  keys: readonly string[],
  known: readonly string[],
): { readonly key: string; readonly known: string }[] {
  return keys.flatMap((key) => {
    const near = known.includes(key)
      ? undefined
      : nearestName(
          key,
          known.filter((name) => !keys.includes(name)),
        );
    return near === undefined ? [] : [{ key, known: near }];
  });
}

function needlessAnchors({ place, question }: GoldEntry): GoldFinding[] {
  if (question.answerable || question.anchors.length === 0) return [];
  const words = {
    message: 'the question is not answerable but has anchors, which nothing reads',
    hint: 'remove the anchors, or "answerable": false',
  };
  return [warningAt(place, 'needless_anchor', words)];
}
