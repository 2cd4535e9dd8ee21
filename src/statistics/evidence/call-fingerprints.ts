import { sha256 } from '../../base/canonical.ts';
import type { CallLine } from '../../scoring/record.ts';

/** Short fingerprints of a run's calls: together they tell whether two runs hold the same. */
export interface CallPrints {
  add(call: CallLine, cell: number): void;
  /** `latency`: the calls' total latencies, one entry a cell. */
  end(latency: Float64Array): { readonly answersSha256: string; readonly callsSha256: string };
}

export function createCallPrints(cells: number): CallPrints {
  const prints = { answers: new Uint32Array(2 * cells), traces: new Uint32Array(cells) };
  return {
    add: (call, cell) => printCall(call, cell, prints),
    end: (latency) => ({
      answersSha256: sha256(bytesOf(prints.answers)),
      callsSha256: sha256(Buffer.concat([prints.traces, latency].map(bytesOf))),
    }),
  };
}

interface Prints {
  /** Two words a cell: of what was answered and retrieved. */
  readonly answers: Uint32Array;
  /** A word a cell: of the trace id. */
  readonly traces: Uint32Array;
}

/** Of a text's SHA-256: 64 bits are enough to tell texts apart. */
const hashPrefix = 16;

/** In its cell's place. */
function printCall(
  { outcome, answer, refused, retrieved, trace_id }: CallLine,
  cell: number,
  { answers, traces }: Prints,
): void {
  const words = [
    outcome,
    answer ?? '\0',
    String(refused),
    ...(retrieved ?? []).map(({ text_sha256 }) => text_sha256.slice(0, hashPrefix)),
  ];
  answers[2 * cell] = words.reduce(mixed, 0x811c9dc5);
  answers[2 * cell + 1] = words.reduceRight(mixed, 0x01000193);
  traces[cell] = mixed(0x811c9dc5, trace_id);
}

/** FNV-1a over a text's code units, and its end (Fowler, Noll, Vo). */
function mixed(hash: number, text: string): number {
  let state = hash;
  for (let index = 0; index < text.length; index += 1)
    state = Math.imul(state ^ text.charCodeAt(index), 0x01000193);
  return Math.imul(state ^ 0x1ffff, 0x01000193) >>> 0;
}

function bytesOf(column: Uint32Array | Float64Array): Uint8Array {
  return new Uint8Array(column.buffer, column.byteOffset, column.byteLength);
}
