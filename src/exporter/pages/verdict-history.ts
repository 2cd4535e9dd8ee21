import path from 'node:path';
import { setImmediate as others } from 'node:timers/promises';
import { UserError, exitCodes, messageOf } from '../../base/errors.ts';
import { revalidate } from '../../gates/validity/revalidate.ts';
import type { PastVerdict } from '../../reports/html/index/indexed-run.ts';
import { LineTail } from '../../store/follow/line-tail.ts';
import { documentIn } from '../../store/documents/document.ts';
import { parseVerdict } from '../../store/documents/verdict.ts';

/** Bytes that are read before others have their turn: 5 to 10 ms. */
const sliceSize = 1 << 19;
/** No verdict is nearly as long. */
const longestLine = 1 << 20;

/** What the gates said of every run, followed in `verdicts/history.jsonl`: of each gate and run the newest, and of it what a list shows. */
export class VerdictHistory {
  readonly #file: string;
  #tail: LineTail;
  readonly #byRun = new Map<string, readonly PastVerdict[]>();
  #reading: Promise<void> | undefined;

  constructor(store: string) {
    this.#file = path.join(store, 'verdicts', 'history.jsonl');
    this.#tail = new LineTail(this.#file, { longestLine });
  }

  /** Reads what was added, a slice at a time, so that others are answered meanwhile. Rejects with a `UserError` where it cannot be read. */
  async follow(): Promise<void> {
    this.#reading ??= this.#readOn().finally(() => (this.#reading = undefined));
    await this.#reading;
  }

  about(run: string): readonly PastVerdict[] {
    return this.#byRun.get(run) ?? [];
  }

  async #readOn(): Promise<void> {
    while (this.#readSlice() === 'more') await others();
  }

  #readSlice(): 'more' | 'all' {
    try {
      const found = this.#tail.read(
        { each: (line) => this.#add(line), onRewritten: () => this.#byRun.clear() },
        sliceSize,
      );
      if (found !== 'missing') return found;
    } catch (error) {
      throw new UserError(`"${this.#file}" cannot be read: ${messageOf(error)}`, {
        exitCode: exitCodes.error,
        cause: error,
      });
    }
    this.#byRun.clear();
    this.#tail = new LineTail(this.#file, { longestLine });
    return 'all';
  }

  #add(line: string): void {
    const verdict = documentIn(parseVerdict(line));
    const { candidate, baseline } = verdict?.runs ?? {};
    if (verdict === undefined || candidate === undefined) return;
    const { gate } = verdict;
    const at = Date.parse(verdict.evaluated_at);
    // A pass that could not be read as one when it was made was edited.
    const isContradictory = verdict.verdict === 'pass' && revalidate(verdict, { now: at }).verdict !== 'pass';
    const past = { gate, verdict: verdict.verdict, isContradictory, at, baseline };
    this.#byRun.set(candidate, [...this.about(candidate).filter((other) => other.gate !== gate), past]);
  }
}
