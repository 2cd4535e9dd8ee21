import { jsonOrUndefined } from '../../base/json.ts';
import type { CallLine } from '../../scoring/record.ts';
import { LineTail } from './line-tail.ts';

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
    this.#lines = new LineTail(file);
  }

  /** Lines that are no calls are passed over. */
  read({ each, onRewritten }: JournalReader): void {
    const eachLine = (text: string): void => {
      const value = jsonOrUndefined(text);
      if (isCall(value)) each(value);
    };
    this.#lines.read({ each: eachLine, onRewritten });
  }
}

function isCall(value: unknown): value is CallLine {
  if (typeof value !== 'object' || value === null) return false;
  const { outcome, at, tool_calls: toolCalls = [] } = value as Partial<Record<keyof CallLine, unknown>>; // each is checked
  const areCalls =
    Array.isArray(toolCalls) && toolCalls.every((call) => typeof call === 'object' && call !== null);
  return typeof outcome === 'string' && typeof at === 'string' && areCalls;
}
