import { isInvalidated } from '../../gates/validity/revalidate.ts';
import type { RuleVerdict, Verdict, VerdictName } from '../../gates/verdict.ts';
import { sample, timestamp, type Sample, type Series } from './series.ts';
import type { Snapshot } from '../snapshot.ts';

/** A verdict as a number: a consumer opens at 1 and nowhere else. */
export const verdictValues: Readonly<Record<VerdictName, number>> = {
  pass: 1,
  inconclusive: 0,
  fail: -1,
  error: -1,
};

type OfVerdict = (
  verdict: Verdict,
  labels: { readonly gate: string; readonly arm: string },
) => readonly Sample[];

const perVerdict =
  (of: OfVerdict) =>
  ({ verdicts }: Snapshot): readonly Sample[] =>
    verdicts.flatMap((verdict) => of(verdict, { gate: verdict.gate, arm: verdict.arm }));

const perRule = (of: (rule: RuleVerdict, verdict: Verdict) => number | undefined): Series['samples'] =>
  perVerdict((verdict, labels) =>
    verdict.rules.flatMap((rule) => sample({ ...labels, rule: rule.rule }, of(rule, verdict))),
  );

/** A rule of a verdict that may not be read any more is no better than the verdict. */
function ruleValue(rule: RuleVerdict, verdict: Verdict): number | undefined {
  if (rule.verdict === 'waived') return undefined;
  return isInvalidated(verdict) ? verdictValues.error : verdictValues[rule.verdict];
}

function infoOf(
  { rule, verdict, direction, severity }: RuleVerdict,
  labels: Sample['labels'],
): readonly Sample[] {
  if (verdict === 'waived') return [];
  return sample({ ...labels, rule, direction: direction ?? 'none', severity: severity ?? 'decide' }, 1);
}

export const gateSeries: readonly Series[] = [
  {
    name: 'flipgate_gate_verdict',
    type: 'gauge',
    labels: ['gate', 'arm'],
    unit: '',
    help: 'Verdict of a gate on an arm: 1 pass, 0 inconclusive, -1 fail, error or expired.',
    source: 'verdict: verdict, as it may be read now',
    samples: perVerdict((verdict, labels) => sample(labels, verdictValues[verdict.verdict])),
  },
  {
    name: 'flipgate_gate_rule_verdict',
    type: 'gauge',
    labels: ['gate', 'arm', 'rule'],
    unit: '',
    help: 'Verdict of one rule: 1 pass, 0 inconclusive, -1 fail, error, or of a verdict that may not be read any more. A waived rule has none.',
    source: 'verdict: rules[].verdict',
    samples: perRule(ruleValue),
  },
  {
    name: 'flipgate_gate_rule_value',
    type: 'gauge',
    labels: ['gate', 'arm', 'rule'],
    unit: '',
    help: 'Value that a rule judged, in the unit of its statistic. Absent while the verdict is an error: then nothing was proved.',
    source: 'verdict: rules[].value, unless the verdict is an error as it may be read now',
    samples: perRule(({ value }, { verdict }) => (verdict === 'error' ? undefined : value)),
  },
  {
    name: 'flipgate_gate_rule_info',
    type: 'gauge',
    labels: ['gate', 'arm', 'rule', 'direction', 'severity'],
    unit: '',
    help: 'On which side of its limit a rule passes (at_most, at_least, none), and whether the gate counts it (decide) or only reports it (warn). A waived rule has none.',
    source: 'verdict: rules[].direction, rules[].severity',
    samples: perVerdict(({ rules }, labels) => rules.flatMap((rule) => infoOf(rule, labels))),
  },
  {
    name: 'flipgate_gate_rule_limit',
    type: 'gauge',
    labels: ['gate', 'arm', 'rule'],
    unit: '',
    help: 'Limit of a rule, in the unit of its statistic. A waived rule has none.',
    source: 'verdict: rules[].limit',
    samples: perRule(({ verdict, limit }) => (verdict === 'waived' ? undefined : limit)),
  },
  {
    name: 'flipgate_gate_evaluated_timestamp_seconds',
    type: 'gauge',
    labels: ['gate', 'arm'],
    unit: 'seconds',
    help: 'When the oldest run that the verdict rests on finished; when it was judged, where it rests on none.',
    source: 'verdict: evidence_at, else evaluated_at',
    samples: perVerdict((verdict, labels) =>
      sample(labels, timestamp(verdict.evidence_at ?? verdict.evaluated_at)),
    ),
  },
  {
    name: 'flipgate_gate_info',
    type: 'gauge',
    labels: ['gate', 'arm', 'artifact', 'gold', 'embedder', 'policy'],
    unit: '',
    help: 'What the verdict is about: SHA-256 of artifact, gold set and policy, and the embedder.',
    source: 'verdict: artifact, gold, embedder, policy',
    samples: perVerdict(({ artifact = '', gold = '', embedder = '', policy = '' }, labels) =>
      sample({ ...labels, artifact, gold, embedder, policy }, 1),
    ),
  },
  {
    name: 'flipgate_gate_barred',
    type: 'gauge',
    labels: ['artifact'],
    unit: '',
    help: '1 while an artifact that was rolled back has not been judged on a run that was started after that.',
    source: 'rollbacks/history.jsonl of the store, and the verdicts',
    samples: ({ barred }) => barred.flatMap((artifact) => sample({ artifact }, 1)),
  },
];
