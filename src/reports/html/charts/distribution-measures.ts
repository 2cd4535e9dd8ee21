import { passingCoverage } from '../../../scoring/summary/score-tally.ts';
import type { Defined } from '../definitions.ts';
import type { CallColumns } from '../model.ts';

/** A band of a measure: how good what lies in it is, and its name. Its end is where the next one starts. */
interface Band {
  readonly kind: 'stable' | 'transitional' | 'critical';
  readonly name: string;
  readonly from: number;
}

/** A measure whose distribution is drawn. */
export interface Distribution {
  readonly id: string;
  readonly title: string;
  readonly column: (calls: CallColumns) => Float64Array;
  readonly better: 'left' | 'right';
  readonly binWidth: number;
  /** Where the scale ends at the least. */
  readonly end: number;
  readonly bands: readonly Band[];
  /** The other mark beside the median, at the worse end. */
  readonly tail: readonly [name: string, p: number];
  readonly tailSays: (value: string, calls: number) => string;
  /** Statistics of a rule whose limit is drawn, and what of the measure each is. */
  readonly limited: Readonly<Record<string, string>>;
  readonly definition: Defined;
}

export const distributions: readonly Distribution[] = [
  {
    id: 'distances',
    title: 'ΔS: how far the retrieved text is from the question',
    column: ({ distance }) => distance,
    better: 'left',
    binWidth: 0.02,
    end: 0.7,
    bands: [
      { kind: 'stable', name: 'stable', from: 0 },
      { kind: 'transitional', name: 'transitional', from: 0.4 },
      { kind: 'critical', name: 'critical', from: 0.6 },
    ],
    tail: ['p95', 0.95],
    tailSays: (value, calls) => `95 % of ${calls} calls at most ${value}`,
    limited: {
      'semantic_distance.question_retrieved.mean': 'the mean',
      'semantic_distance.question_retrieved.worst_phrasing': 'the worst phrasing',
    },
    definition: 'semantic-distance',
  },
  {
    id: 'coverages',
    title: 'Coverage: how much of the anchor was retrieved',
    column: ({ coverage }) => coverage,
    better: 'right',
    binWidth: 0.05,
    end: 1,
    bands: [
      { kind: 'critical', name: 'critical', from: 0 },
      { kind: 'transitional', name: 'low', from: 0.6 },
      { kind: 'stable', name: 'covered', from: passingCoverage },
    ],
    tail: ['p05', 0.05],
    tailSays: (value, calls) => `95 % of ${calls} calls at least ${value}`,
    limited: { 'coverage.mean': 'the mean' },
    definition: 'coverage',
  },
];
