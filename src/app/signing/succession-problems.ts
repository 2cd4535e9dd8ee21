import type { Verdict } from '../../gates/verdict.ts';

/** Of a history, oldest first, what is wrong with the place of each verdict in the line of its gate and arm; `undefined` stands for a line that is no verdict. */
export function successionProblems(
  history: readonly (Verdict | undefined)[],
): readonly (string | undefined)[] {
  const known = new Map<string, Map<string, number>>();
  return history.map((verdict) => {
    const { integrity, sequence } = verdict ?? {};
    if (verdict === undefined || integrity === undefined || sequence === undefined) return undefined;
    const line = `${verdict.gate}.${verdict.arm}`;
    const before = known.get(line) ?? new Map<string, number>();
    known.set(line, before);
    const problem = problemOf(verdict.previous, sequence, before);
    before.set(integrity.sha256, sequence);
    return problem;
  });
}

/** The first that has a number may follow one that has none, or one that `runs prune` has taken. */
function problemOf(
  previous: string | undefined,
  sequence: number,
  before: ReadonlyMap<string, number>,
): string | undefined {
  if (before.size === 0) return undefined;
  if (previous === undefined) return 'names no verdict before it, and there is one';
  const number = before.get(previous);
  if (number === undefined) return 'follows a verdict that is not there: lines were taken out';
  return sequence > number ? undefined : 'is not later than the one that it follows';
}
