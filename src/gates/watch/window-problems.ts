import { describeParts, differences } from '../../scoring/subject.ts';
import type { JudgeContext } from '../context.ts';
import type { Problem } from '../verdict.ts';

/** What a list of windows, oldest first, lacks to be one: runs of one arm and subject, each another one, in the order of time. */
export function windowProblems(last: JudgeContext, earlier: readonly JudgeContext[]): readonly Problem[] {
  const windows = [...earlier, last];
  return earlier.flatMap((window, index) => {
    const next = windows[index + 1] ?? last;
    const reason =
      repeated(window, windows.slice(index + 1)) ?? otherWindow(window, last) ?? unordered(window, next);
    return reason === undefined ? [] : [{ code: 'windows', verdict: 'error' as const, reason }];
  });
}

function repeated(
  { candidate: { record } }: JudgeContext,
  later: readonly JudgeContext[],
): string | undefined {
  const isRepeated = later.some(({ candidate }) => candidate.record.id === record.id);
  return isRepeated ? `window ${record.id} is named twice: one run is one window` : undefined;
}

function otherWindow({ candidate: window }: JudgeContext, { candidate }: JudgeContext): string | undefined {
  const [then, now] = [window.record, candidate.record];
  const about = (what: string): string => `window ${then.id} is of another ${what} than run ${now.id}`;
  if (then.arm !== now.arm) return about('arm');
  if (then.artifact.sha256 !== now.artifact.sha256) return about('artifact');
  if (then.gold.sha256 !== now.gold.sha256) return about('gold set');
  if (then.embedder?.id !== now.embedder?.id) return about('embedder');
  // A window may ask less than another one.
  const parts = differences(then.subject ?? {}, now.subject ?? {}).filter((part) => part !== 'plan');
  return parts.length === 0 ? undefined : about(describeParts(parts));
}

function unordered({ candidate: a }: JudgeContext, { candidate: b }: JudgeContext): string | undefined {
  const isInOrder = Date.parse(a.record.finished_at) <= Date.parse(b.record.finished_at);
  return isInOrder
    ? undefined
    : `window ${a.record.id} finished after ${b.record.id}: name windows oldest first`;
}
