import type { Block, Range } from './sections.ts';

/** Counts the tokens of a range of the text. */
export type CountTokens = (range: Range) => number;

export interface PackOptions {
  readonly text: string;
  readonly count: CountTokens;
  readonly maxTokens: number;
}

const sentenceEnd = /(?<![.!?…])[.!?…]+["'”’)\]]*\s+|[。！？]+|\n(?=\s*(?:[-*+]|\d+[.)])\s)/gu;
const lineEnd = /\n/gu;
const space = /\s+/gu;

/**
 * Merges blocks, in their order, to ranges of up to `maxTokens`. A block is cut only where it alone is longer: prose at sentence ends and
 * before list items; a fence or table at line ends, and only beyond twice the limit; a sentence at spaces, beyond twice the limit.
 */
export function packBlocks(blocks: readonly Block[], options: PackOptions): Range[] {
  return merged(
    blocks.flatMap((block) => cutBlock(block, options)),
    options,
  );
}

function cutBlock(block: Block, options: PackOptions): readonly Range[] {
  const tokens = options.count(block);
  if (tokens <= options.maxTokens * (block.kind === 'whole' ? 2 : 1)) return [block];
  const pieces =
    block.kind === 'whole' ? cutAt(block, lineEnd, options.text) : cutAt(block, sentenceEnd, options.text);
  const small = pieces.flatMap((piece) =>
    options.count(piece) <= 2 * options.maxTokens
      ? [piece]
      : merged(cutAt(piece, space, options.text), options),
  );
  return merged(small, options);
}

function merged(pieces: readonly Range[], { count, maxTokens }: PackOptions): Range[] {
  const ranges: Range[] = [];
  for (const piece of pieces) {
    const last = ranges.at(-1);
    if (last !== undefined && count({ start: last.start, end: piece.end }) <= maxTokens)
      ranges[ranges.length - 1] = { start: last.start, end: piece.end };
    else ranges.push({ start: piece.start, end: piece.end });
  }
  return ranges;
}

function cutAt({ start, end }: Range, cut: RegExp, text: string): Range[] {
  const inner = text.slice(start, end);
  const ends = [...Array.from(inner.matchAll(cut), (match) => start + match.index + match[0].length), end];
  return ends
    .map((to, index) => ({ start: ends[index - 1] ?? start, end: to }))
    .filter((range) => range.start < range.end);
}
