import type { Snippet } from '../answer.ts';
import type { PreparedAnchors } from './anchors.ts';
import { coveredTokens } from './coverage.ts';
import { codePointText, type CodePointText } from '../../text/code-points.ts';
import { tokenize, type Token } from '../../text/tokens.ts';

/** Pieces of a text, in UTF-16 code units, half-open and in order: start, end, start, end, … */
export type TextMarks = readonly number[];

/** Per anchor, which of its text the snippets hold together: what coverage counts. */
export function coveredText(prepared: PreparedAnchors, snippets: readonly Snippet[]): readonly TextMarks[] {
  const covered = coveredTokens(prepared, snippets);
  return prepared.anchors.map(({ tokens, text }) =>
    unitsOf(tokens, text, (order) => covered[tokens[order]?.index ?? -1] === 1),
  );
}

/** Finds where a text has the anchors' words: runs of at least min(5, anchor tokens) tokens that occur so in an anchor. */
export function anchorFinder(
  prepared: PreparedAnchors,
  tokensOf: (text: string) => readonly Token[] = tokenize,
): (text: string) => TextMarks {
  const runs = prepared.anchors.map(({ text }) => runsOf(tokenize(text.slice(0, text.length))));
  return (text) => {
    const tokens = tokensOf(text);
    const marked = new Uint8Array(tokens.length);
    for (const known of runs) markRuns(tokens, known, marked);
    return marked.includes(1) ? unitsOf(tokens, codePointText(text), (order) => marked[order] === 1) : [];
  };
}

const longestRun = 5;

/** An anchor's runs of tokens, by their first one: most tokens of a text begin none. */
interface Runs {
  readonly size: number;
  readonly byFirst: ReadonlyMap<string, ReadonlySet<string>>;
}

function runsOf(tokens: readonly Token[]): Runs {
  const size = Math.min(longestRun, tokens.length);
  const byFirst = new Map<string, Set<string>>();
  for (let start = 0; start + size <= tokens.length && size > 0; start += 1) {
    const first = tokens[start]?.token ?? '';
    const known = byFirst.get(first) ?? new Set();
    byFirst.set(first, known.add(restOf(tokens, start, size)));
  }
  return { size, byFirst };
}

function markRuns(tokens: readonly Token[], { size, byFirst }: Runs, marked: Uint8Array): void {
  tokens.forEach(({ token }, start) => {
    const known = start + size <= tokens.length ? byFirst.get(token) : undefined;
    if (known?.has(restOf(tokens, start, size))) marked.fill(1, start, start + size);
  });
}

/** What follows the first token of a run. */
function restOf(tokens: readonly Token[], start: number, size: number): string {
  let rest = '';
  for (let place = start + 1; place < start + size; place += 1) rest += ` ${tokens[place]?.token ?? ''}`;
  return rest;
}

type Span = Pick<Token, 'start' | 'end'>;

/** Marked tokens that stand next to each other are one piece, with what is between them. */
function unitsOf(
  tokens: readonly Span[],
  text: CodePointText,
  isMarked: (order: number) => boolean,
): TextMarks {
  const marks: number[] = [];
  let open = false;
  tokens.forEach(({ start, end }, order) => {
    const marked = isMarked(order);
    if (marked && open) marks[marks.length - 1] = end;
    else if (marked) marks.push(start, end);
    open = marked;
  });
  return marks.map((point) => text.slice(0, point).length);
}
