import type { CallLine } from '../../scoring/record.ts';
import { parseLiveCall } from '../documents/call.ts';
import { LineTail } from './line-tail.ts';

/** An answer is smaller, in bytes. */
const longestLine = 1 << 24;
const mostBytes = 1 << 25;

/** What reads a journal. */
export interface JournalReader {
  /** Every call that came since the last time. */
  readonly each: (line: CallLine) => void;
  /** Called before calls are read again from the start: the journal was written anew, as a resume does that drops some of them. */
  readonly onRewritten: () => void;
}

/** Reads what is added to a run's `calls.jsonl`, each whole line once. */
export class JournalTail {
  readonly #lines: LineTail;

  constructor(file: string) {
    this.#lines = new LineTail(file, { longestLine });
  }

  /** Reads on, some `mostBytes` at a time: whoever looks must not be held up. Lines that are no calls are passed over. */
  read({ each, onRewritten }: JournalReader): void {
    const eachLine = (text: string): void => {
      const call = parseLiveCall(text);
      if (call !== undefined) each(call);
    };
    this.#lines.read({ each: eachLine, onRewritten }, mostBytes);
  }
}
