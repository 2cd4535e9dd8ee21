import { within } from '../../statistics/limit.ts';
import { shown } from '../format.ts';
import type { Judging } from '../judging.ts';

const parts = ['mean', 'median', 'p95', 'worst_phrasing'] as const;
const retrievedPrefix = 'semantic_distance.question_retrieved.';

/** What a perfect retriever would have where the rule judges how near to the question something was retrieved. */
export function oracleOf({ rule, context }: Judging): number | undefined {
  if (rule.comparing !== 'candidate' || !rule.statistic.startsWith(retrievedPrefix)) return undefined;
  const { question_anchor: oracle } = context.candidate.record.summary.semantic_distance ?? {};
  const part = parts.find((name) => rule.statistic === `${retrievedPrefix}${name}`);
  return part && oracle?.[part];
}

/** What is to be known of the limit itself. */
export function limitNotes(judging: Judging, value: number): string {
  return oracleNote(judging, oracleOf(judging)) + baselineNote(judging, value);
}

/** Tells the oracle, and where no retriever could keep the limit, that the limit does not fit. */
function oracleNote({ rule }: Judging, oracle: number | undefined): string {
  if (oracle === undefined) return '';
  const value = shown(oracle, 'distance');
  return within(oracle, rule)
    ? `; the right anchors are at ${value}`
    : `; the limit does not fit this gold set: the right anchors themselves are at ${value} (flipgate gold calibrate)`;
}

/** Where the baseline is further beyond the limit than the candidate: what is live already breaks the rule more. */
function baselineNote({ rule, statistic, baselineValue, context }: Judging, value: number): string {
  const { baseline } = context;
  if (rule.comparing !== 'candidate' || baselineValue === undefined || baseline === undefined) return '';
  const isWorse = rule.direction === 'at_most' ? baselineValue > value : baselineValue < value;
  if (!isWorse || within(value, rule)) return '';
  return `; ${baseline.record.arm} breaks it more: ${shown(baselineValue, statistic.unit)}`;
}
