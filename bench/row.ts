/** One line of the benchmark table. */
export interface BenchRow {
  readonly name: string;
  /** What was measured, with its unit. */
  readonly value: string;
  /** What it has to reach, in words; empty where there is no bar. */
  readonly bar: string;
  /** Whether the bar is met; undefined where there is none. */
  readonly ok: boolean | undefined;
  readonly note?: string;
}
