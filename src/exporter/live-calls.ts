import { Histogram } from 'prom-client';
import { clocks } from '../scoring/answer.ts';
import type { CallLine } from '../scoring/record.ts';
import { stageDuration } from './series/catalogue.ts';

export type StageHistogram = Histogram<(typeof stageDuration.labels)[number]>;

/** Latencies of calls as they are answered. */
export interface LiveCalls {
  readonly histogram: StageHistogram;
  /** Counts a call that was answered since this began; others, faults and calls with a retry are passed over. */
  add(arm: string, line: CallLine): void;
}

/** `since`: milliseconds since 1970. */
export function createLiveCalls(since: number): LiveCalls {
  const { name, help, labels, buckets } = stageDuration;
  const histogram: StageHistogram = new Histogram({
    name,
    help,
    labelNames: labels,
    buckets: [...buckets],
    registers: [],
  });
  return {
    histogram,
    add(arm, { at, latency, outcome, retried }) {
      if (outcome !== 'ok' || retried || !(Date.parse(at) >= since)) return;
      for (const stage of clocks) {
        const seconds = latency?.[stage];
        if (typeof seconds === 'number' && seconds >= 0 && Number.isFinite(seconds))
          histogram.observe({ arm, stage }, seconds);
      }
    },
  };
}
