import type { Question } from '../../plan/gold-set.ts';
import { mean } from '../percentile.ts';
import { inPlanOrder } from '../../plan/order.ts';
import type { CallLine, Finding, Summary } from '../record.ts';
import { createRetrievalMeter } from './meter.ts';

/** Retrieval quality of a run, over the answered calls of answerable questions whose anchors name sections. */
export interface RetrievalTally {
  add(question: Question, calls: readonly CallLine[]): void;
  /** `undefined` without such calls, and where the arm's sections are not known or never one of the gold set's. */
  end(): Summary['retrieval'];
  /** After all calls were added. */
  findings(): readonly Finding[];
}

/** `questions`: all that are asked. */
export function createRetrievalTally(questions: readonly Question[]): RetrievalTally {
  const recall: number[] = [];
  const precision: number[] = [];
  const reciprocal: number[] = [];
  const gain: number[] = [];
  const meter = createRetrievalMeter(questions.flatMap(({ anchors }) => anchors));
  return {
    add(question, calls) {
      if (!question.answerable) return;
      for (const call of inPlanOrder(calls)) {
        const quality = meter.measure(call, question.anchors);
        if (quality === undefined) continue;
        recall.push(quality.recallAt5);
        precision.push(quality.precisionAt5);
        reciprocal.push(quality.reciprocalRank);
        gain.push(quality.ndcgAt10);
      }
    },
    end: () =>
      meter.standing() === 'measured' ? meansOf({ recall, precision, reciprocal, gain }) : undefined,
    findings: () =>
      meter.standing() === 'never match' ? [{ code: 'sections_never_match', count: recall.length }] : [],
  };
}

interface Measured {
  readonly recall: readonly number[];
  readonly precision: readonly number[];
  readonly reciprocal: readonly number[];
  readonly gain: readonly number[];
}

function meansOf({ recall, precision, reciprocal, gain }: Measured): Summary['retrieval'] {
  const [recallAt5, precisionAt5, mrr, ndcgAt10] = [
    mean(recall),
    mean(precision),
    mean(reciprocal),
    mean(gain),
  ];
  if (recallAt5 === undefined || precisionAt5 === undefined || mrr === undefined || ndcgAt10 === undefined)
    return undefined;
  return {
    n: recall.length,
    recall_at_5: recallAt5,
    mrr,
    ndcg_at_10: ndcgAt10,
    precision_at_5: precisionAt5,
  };
}
