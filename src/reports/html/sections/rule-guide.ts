import type { RuleVerdict } from '../../../gates/verdict.ts';
import type { Defined } from '../definitions.ts';

/** A part of the page, or a filter of its questions. */
export interface Lead {
  /** The part's id, or an address of the question list. */
  readonly to: string;
  readonly text: string;
}

interface Guide {
  readonly definition?: Defined;
  /** Where to look when the rule is not met, the picture first. */
  readonly look: readonly Lead[];
}

const worstQuestions: Lead = { to: 'questions', text: 'the questions, worst first' };

/** By how the name of a rule's statistic begins. */
const byStatistic: readonly (readonly [prefix: string, guide: Guide])[] = [
  [
    'semantic_distance.',
    {
      definition: 'semantic-distance',
      look: [
        { to: 'distances', text: 'ΔS of all calls' },
        { to: 'pairs-distance', text: 'ΔS of each question' },
        worstQuestions,
      ],
    },
  ],
  [
    'coverage.',
    {
      definition: 'coverage',
      look: [
        { to: 'coverages', text: 'coverage of all calls' },
        { to: 'pairs-coverage', text: 'coverage of each question' },
        worstQuestions,
      ],
    },
  ],
  [
    'lambda.',
    {
      definition: 'lambda',
      look: [
        { to: 'lambda-matrix', text: 'the λ state of each call' },
        { to: '?flips=1', text: 'the questions that flip' },
      ],
    },
  ],
  [
    'latency.',
    {
      definition: 'latency',
      look: [
        { to: 'latencies', text: 'latency of every stage' },
        { to: 'latency-course', text: 'latency while the run went on' },
      ],
    },
  ],
  [
    'tool_loops',
    {
      definition: 'tool-loop',
      look: [{ to: '?state=backward', text: 'the questions with a backward call' }],
    },
  ],
  ['retrieval.', { definition: 'retrieval', look: [worstQuestions] }],
];

const faults: Guide = {
  definition: 'fault',
  look: [
    { to: 'fault-course', text: 'faults while the run went on' },
    { to: '?faults=1', text: 'the questions with faults' },
  ],
};
const versions: Guide = {
  definition: 'artifact',
  look: [{ to: 'versions', text: 'the versions of both arms' }],
};

const byRule: Readonly<Record<string, Guide>> = { invariants: versions, distinct_arms: versions };

/** What defines a rule's number, and where on the page its cause is to be looked for. */
export function guideTo({ rule, statistic }: Pick<RuleVerdict, 'rule' | 'statistic'>): Guide {
  if (statistic === undefined)
    return Object.hasOwn(byRule, rule) ? (byRule[rule] ?? { look: [] }) : { look: [] };
  if (statistic === 'error_rate' || statistic === 'server_error_rate') return faults;
  return byStatistic.find(([prefix]) => statistic.startsWith(prefix))?.[1] ?? { look: [] };
}
