import { windowsOf } from '../scoring/windows.ts';

/** What the model sees at once: one window of one text, with the special tokens. */
export interface Sequence {
  /** Which text it belongs to. */
  readonly text: number;
  readonly tokens: Int32Array;
}

/** The special tokens around every window, and how many tokens a window has with them. */
export interface Frame {
  readonly prefix: readonly number[];
  readonly suffix: readonly number[];
  readonly window: number;
  /** Windows of one text at most: what comes after them is left out. */
  readonly maxWindows: number;
}

/** The sequences of one text; an empty text has one, of the special tokens alone. */
export function sequencesOf(text: number, tokens: ArrayLike<number>, frame: Frame): readonly Sequence[] {
  return windowsIn(tokens.length, frame)
    .slice(0, frame.maxWindows)
    .map(([start, end]) => ({ text, tokens: framed(tokens, [start, end], frame) }));
}

/** Whether a text of so many tokens has more windows than are embedded. */
export function isTooLong(tokens: number, frame: Frame): boolean {
  return windowsIn(tokens, frame).length > frame.maxWindows;
}

function windowsIn(
  tokens: number,
  { prefix, suffix, window }: Frame,
): readonly (readonly [number, number])[] {
  const size = window - prefix.length - suffix.length;
  return windowsOf(tokens, size, Math.floor(size / 2));
}

function framed(
  tokens: ArrayLike<number>,
  [start, end]: readonly [number, number],
  { prefix, suffix }: Frame,
): Int32Array {
  const sequence = new Int32Array(prefix.length + end - start + suffix.length);
  sequence.set(prefix);
  for (let index = start; index < end; index += 1)
    sequence[prefix.length + index - start] = tokens[index] ?? 0;
  sequence.set(suffix, prefix.length + end - start);
  return sequence;
}

/**
 * Groups sequences into batches of at most `maxTokens` tokens (a longer sequence stands alone). Only sequences of equal length share
 * a batch: nothing is padded, so that a vector cannot depend on its neighbours. Indexes into `sequences`, shortest first.
 */
export function batchesOf(sequences: readonly Sequence[], maxTokens: number): readonly (readonly number[])[] {
  const byLength = new Map<number, number[]>();
  for (const [index, { tokens }] of sequences.entries()) {
    const group = byLength.get(tokens.length);
    if (group === undefined) byLength.set(tokens.length, [index]);
    else group.push(index);
  }
  return [...byLength]
    .sort(([a], [b]) => a - b)
    .flatMap(([length, group]) => split(group, Math.max(1, Math.floor(maxTokens / length))));
}

function split<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, part) =>
    items.slice(part * size, (part + 1) * size),
  );
}
