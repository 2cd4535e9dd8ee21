import type { CallLine } from '../../scoring/record.ts';
import { createRetrievalMeter } from '../../scoring/retrieval/meter.ts';
import type { Evidence, Shape } from '../../statistics/evidence/evidence.ts';
import { storedQuestions } from '../changed-questions.ts';
import type { RunFolder } from '../run-folder.ts';

/** Fills the columns of retrieval quality, call by call. */
export interface RetrievalColumns {
  add(line: CallLine, cell: number): void;
  /** `retrieval` is `undefined` where nothing was measured: no anchors at hand, or an arm that never says from which section a snippet is. */
  end(): Pick<Evidence, 'retrieval' | 'sectionsNeverMatch'>;
}

/** Ranking metrics of every answered call of an answerable question, against the anchors that the run asked with. */
export async function openRetrieval(folder: RunFolder, shape: Shape): Promise<RetrievalColumns> {
  const questions = await storedQuestions(folder).catch(() => []);
  const planned = new Set(shape.questions);
  const anchorsOf = new Map(
    questions
      .filter(({ id, answerable }) => answerable && planned.has(id))
      .map(({ id, anchors }) => [id, anchors]),
  );
  const column = (): Float64Array => new Float64Array(shape.cells).fill(Number.NaN);
  const columns = { recall_at_5: column(), mrr: column(), ndcg_at_10: column(), precision_at_5: column() };
  const meter = createRetrievalMeter([...anchorsOf.values()].flat());
  return {
    add(call, cell) {
      const quality = meter.measure(call, anchorsOf.get(call.question));
      if (quality === undefined) return;
      columns.recall_at_5[cell] = quality.recallAt5;
      columns.mrr[cell] = quality.reciprocalRank;
      columns.ndcg_at_10[cell] = quality.ndcgAt10;
      columns.precision_at_5[cell] = quality.precisionAt5;
    },
    end() {
      const standing = meter.standing();
      return {
        retrieval: standing === 'nothing' ? undefined : columns,
        sectionsNeverMatch: standing === 'never match',
      };
    },
  };
}
