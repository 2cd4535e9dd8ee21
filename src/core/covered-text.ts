import type { Snippet } from './answer.ts';
import type { PreparedAnchor, PreparedAnchors } from './coverage-anchors.ts';
import { coveredTokens } from './coverage.ts';
import { codePointText } from './code-points.ts';
import { tokenize } from './tokens.ts';

/** Pieces of a text, in UTF-16 code units, half-open and in order: start, end, start, end, … */
export type TextMarks = readonly number[];

/** Per anchor, which of its text the snippets hold together: what coverage counts. */
export function coveredText(prepared: PreparedAnchors, snippets: readonly Snippet[]): readonly TextMarks[] {
  const covered = coveredTokens(prepared, snippets);
  return prepared.anchors.map((anchor) => marksOfAnchor(anchor, covered));
}

function marksOfAnchor({ tokens, text }: PreparedAnchor, covered: Uint8Array): TextMarks {
  return unitsOf(
    tokens.map(({ start, end, index }) => ({ start, end, marked: covered[index] === 1 })),
    text,
  );
}

/** Finds where a text has the anchors' words: runs of at least min(5, anchor tokens) tokens that occur so in an anchor. */
export function anchorFinder(prepared: PreparedAnchors): (text: string) => TextMarks {
  const runs = new Map<number, Set<string>>();
  for (const { text } of prepared.anchors) {
    const tokens = tokenize(text.slice(0, text.length)).map(({ token }) => token);
    const size = Math.min(longestRun, tokens.length);
    const known = runs.get(size) ?? new Set();
    for (let start = 0; start + size <= tokens.length && size > 0; start += 1) known.add(tokens.slice(start, start + size).join(' '));
    runs.set(size, known);
  }
  return (text) => {
    const tokens = tokenize(text).map((token) => ({ ...token, marked: false }));
    for (const [size, known] of runs) markRuns(tokens, size, known);
    return unitsOf(tokens, codePointText(text));
  };
}

const longestRun = 5;

interface MarkedToken {
  readonly start: number;
  readonly end: number;
  marked: boolean;
}

function markRuns(tokens: readonly (MarkedToken & { readonly token: string })[], size: number, known: ReadonlySet<string>): void {
  for (let start = 0; start + size <= tokens.length; start += 1) {
    const run = tokens.slice(start, start + size);
    if (known.has(run.map(({ token }) => token).join(' '))) for (const token of run) token.marked = true;
  }
}

/** Marked tokens that stand next to each other are one piece, with what is between them. */
function unitsOf(tokens: readonly MarkedToken[], text: { slice(start: number, end: number): string }): TextMarks {
  const marks: number[] = [];
  let open = false;
  for (const { start, end, marked } of tokens) {
    if (marked && open) marks[marks.length - 1] = end;
    else if (marked) marks.push(start, end);
    open = marked;
  }
  return marks.map((point) => text.slice(0, point).length);
}
