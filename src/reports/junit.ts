import type { Problem, RuleVerdict, Verdict, VerdictName } from '../gates/verdict.ts';
import { ruleNumbers } from './rule-numbers.ts';
import { xmlAttributes, xmlText } from './xml-text.ts';

/**
 * Verdicts as JUnit XML, the form that CI systems read: a suite a gate, in the order given, with a case for the whole gate (`verdict`),
 * one a rule and one a problem. Whatever is not a pass is a failure or an error: an inconclusive rule is never a success or a skipped
 * case, a waived one is skipped, one that only warns passes and tells its verdict. No verdicts at all are one error. Same verdicts, same
 * bytes. Shape: `junit-10.xsd` of Jenkins.
 */
export function junitXml(verdicts: readonly Verdict[]): string {
  const suites = verdicts.length === 0 ? [nothingJudged] : verdicts.map(suiteOf);
  const cases = suites.flatMap((suite) => suite.cases);
  const { tests, failures, errors } = countsOf(cases);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${xmlAttributes({ name: 'flipgate', tests, failures, errors })}>`,
    ...suites.flatMap(suiteLines),
    '</testsuites>',
    '',
  ].join('\n');
}

type Outcome = 'success' | 'skipped' | 'failure' | 'error';

interface Case {
  readonly name: string;
  readonly outcome: Outcome;
  /** The verdict behind a failure or an error. */
  readonly type: string;
  readonly message: string;
  /** The message and what else there is to tell. */
  readonly text: string;
}

interface Suite {
  readonly name: string;
  readonly classname: string;
  readonly timestamp?: string | undefined;
  readonly properties: readonly (readonly [string, string])[];
  readonly cases: readonly Case[];
}

const silence = 'no verdict was given: nothing was judged';
const nothingJudged: Suite = {
  name: 'flipgate',
  classname: 'flipgate',
  properties: [],
  cases: [{ name: 'verdict', outcome: 'error', type: 'error', message: silence, text: silence }],
};

function suiteOf(verdict: Verdict): Suite {
  const { gate, arm, rules, problems = [] } = verdict;
  const whole: Case = { name: 'verdict', ...caseOf(verdict.verdict, verdict.reason), text: verdict.reason };
  return {
    name: `flipgate ${gate} ${arm}`,
    classname: `flipgate.${gate}.${arm}`,
    timestamp: timestampOf(verdict.evaluated_at),
    properties: propertiesOf(verdict),
    cases: distinctNames([whole, ...rules.map(ruleCase), ...problems.map(problemCase)]),
  };
}

/** Nothing but the word `pass` is a success: a word that a newer version may write is an error. */
function caseOf(verdict: VerdictName, reason: string): Omit<Case, 'name' | 'text'> {
  const outcomes: Readonly<Record<string, Outcome>> = {
    pass: 'success',
    fail: 'failure',
    inconclusive: 'failure',
  };
  return {
    outcome: Object.hasOwn(outcomes, verdict) ? (outcomes[verdict] ?? 'error') : 'error',
    type: verdict,
    message: reason,
  };
}

function ruleCase(rule: RuleVerdict): Case {
  const { rule: name, verdict, severity, reason } = rule;
  const text = [reason, ...numberLines(rule)].join('\n');
  if (verdict === 'waived') return { name, outcome: 'skipped', type: verdict, message: reason, text };
  if (severity === 'warn')
    return {
      name,
      outcome: 'success',
      type: verdict,
      message: reason,
      text: `${verdict} (only a warning): ${text}`,
    };
  return { name, ...caseOf(verdict, reason), text };
}

function problemCase({ code, verdict, reason }: Problem): Case {
  const told = caseOf(verdict, reason);
  // A problem keeps its gate from passing, whatever word it carries.
  return {
    name: `problem ${code}`,
    ...told,
    outcome: told.outcome === 'success' ? 'error' : told.outcome,
    text: reason,
  };
}

function numberLines(rule: RuleVerdict): readonly string[] {
  const { value, limit, interval, baseline, n, resolution } = ruleNumbers(rule);
  const lines = { value, limit, '95 % interval': interval, baseline, questions: n, resolution };
  return Object.entries(lines).flatMap(([title, number]) => (number === '' ? [] : [`${title}: ${number}`]));
}

/** Several readers keep one case a name: a second one of a name must not hide the first. */
function distinctNames(cases: readonly Case[]): readonly Case[] {
  const taken = new Set<string>();
  return cases.map((one) => {
    let name = one.name;
    for (let count = 2; taken.has(name); count += 1) name = `${one.name} (${count})`;
    taken.add(name);
    return { ...one, name };
  });
}

/** The readers' form has neither fractions nor a zone; a verdict's times are UTC. */
function timestampOf(time: string): string | undefined {
  return /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?Z$/u.exec(time)?.[1];
}

function propertiesOf(verdict: Verdict): Suite['properties'] {
  const {
    gate,
    arm,
    baseline,
    evaluated_at,
    evidence_at,
    expires_at,
    artifact,
    gold,
    embedder,
    policy,
    runs,
  } = verdict;
  const about = {
    gate,
    arm,
    baseline,
    evaluated_at,
    evidence_at,
    expires_at,
    artifact,
    gold,
    embedder,
    policy,
  };
  return Object.entries({ ...about, candidate_run: runs.candidate, baseline_run: runs.baseline }).flatMap(
    ([name, value]) => (value === undefined ? [] : [[name, value] as const]),
  );
}

function countsOf(
  cases: readonly Case[],
): Readonly<Record<'tests' | 'failures' | 'errors' | 'skipped', number>> {
  const count = (outcome: Outcome): number => cases.filter((one) => one.outcome === outcome).length;
  return {
    tests: cases.length,
    failures: count('failure'),
    errors: count('error'),
    skipped: count('skipped'),
  };
}

function suiteLines({ name, classname, timestamp, properties, cases }: Suite): readonly string[] {
  const listed = properties.map(([key, value]) => `      <property${xmlAttributes({ name: key, value })}/>`);
  return [
    `  <testsuite${xmlAttributes({ name, ...countsOf(cases), time: 0, timestamp })}>`,
    ...(listed.length === 0 ? [] : ['    <properties>', ...listed, '    </properties>']),
    ...cases.flatMap((one) => caseLines(one, classname)),
    '  </testsuite>',
  ];
}

function caseLines({ name, outcome, type, message, text }: Case, classname: string): readonly string[] {
  return [
    `    <testcase${xmlAttributes({ name, classname, time: 0 })}>`,
    `      ${outcomeElement(outcome)}`,
    '    </testcase>',
  ];

  function outcomeElement(kind: Outcome): string {
    if (kind === 'success') return `<system-out>${xmlText(text)}</system-out>`;
    if (kind === 'skipped') return `<skipped${xmlAttributes({ message })}>${xmlText(text)}</skipped>`;
    return `<${kind}${xmlAttributes({ message, type })}>${xmlText(text)}</${kind}>`;
  }
}
