import { versionFields } from '../../../src/scoring/answer.ts';
import { rawRules } from '../raw.ts';
import { exporter, type GateName } from '../settings.ts';

/** Nobody ships arms of these names: the rules go by roles. */
export const arms = { candidate: 'v2', baseline: 'v1' } as const;
/** Seconds of every test at which its expectations hold, and between two samples. */
export const now = 1200;
export const step = 15;
const samples = now / step + 1;

/** Values of series by their text; `undefined` takes one away. */
export type Input = Readonly<Record<string, string | undefined>>;

/** A value that never changes. */
export const always = (value: number): string => `${value}+0x${samples - 1}`;
/** A time that was always so many seconds ago, as one that is renewed again and again. */
export const renewed = (secondsAgo: number): string => `${-secondsAgo}+${step}x${samples - 1}`;
/** A number that is none, from the start. */
export const notANumber = Array.from({ length: samples }, () => 'NaN').join(' ');
/** A value that is there until some seconds ago, when the exporter vanished. */
export const until = (secondsAgo: number, value: number): string => {
  const present = (now - secondsAgo) / step;
  return `${value}+0x${present - 1} stale`;
};
/** A value that is there from some seconds ago. */
export const since = (secondsAgo: number, value: number): string => {
  const absent = (now - secondsAgo) / step;
  return `_x${absent} ${value}+0x${samples - absent - 1}`;
};
/** One value, and another from some seconds ago. */
export const turned = (before: number, secondsAgo: number, after: number): string => {
  const first = (now - secondsAgo) / step;
  return `${before}+0x${first - 1} ${after}+0x${samples - first - 1}`;
};

/** A series as Prometheus holds it after a scrape. */
export function scraped(
  name: string,
  labels: Readonly<Record<string, string>> = {},
  instance: string = exporter.address,
): string {
  const written = Object.entries({ instance, job: exporter.job, ...labels }).map(
    ([label, value]) => `${label}="${value}"`,
  );
  return `${name}{${written.join(',')}}`;
}

const arm = arms.candidate;
const versions = Object.fromEntries(versionFields.map((field) => [field.toLowerCase(), 'v1']));

export const verdict = (gate: GateName, instance?: string): string =>
  scraped('flipgate_gate_verdict', { gate, arm }, instance);
export const evaluated = (gate: GateName, instance?: string): string =>
  scraped('flipgate_gate_evaluated_timestamp_seconds', { gate, arm }, instance);
export const about = (gate: GateName, artifact = 'a1'): string =>
  scraped('flipgate_gate_info', { gate, arm, artifact, gold: 'g1', embedder: 'e1', policy: 'p1' });
export const reported = (artifact = 'a1', of: string = arm): string =>
  scraped('flipgate_arm_info', { arm: of, artifact, ...versions });
export const seen = (of: string = arm): string => scraped('flipgate_arm_seen_timestamp_seconds', { arm: of });
export const roleOf = (role: string, of: string, instance?: string): string =>
  scraped('flipgate_arm_role_info', { arm: of, role }, instance);
export const success = scraped('flipgate_run_last_success_timestamp_seconds', { arm });
export const limit = (rule: string): string =>
  scraped('flipgate_gate_rule_limit', { gate: 'acceptance', arm, rule });
export const ofRule = (what: 'value' | 'verdict' | 'limit', gate: GateName, rule: string): string =>
  scraped(`flipgate_gate_rule_${what}`, { gate, arm, rule });
export const distance = scraped('flipgate_semantic_distance_ratio', {
  arm,
  between: 'question_retrieved',
  stat: 'worst_phrasing',
});
export const coverage = scraped('flipgate_coverage_ratio', { arm, stat: 'mean' });
export const convergence = (seed: string): string =>
  scraped('flipgate_lambda_convergence_ratio', { arm, seed });
export const errors = scraped('flipgate_error_ratio', { arm });
/** `confirmed`: a flip to the candidate is open to confirmation unless something else is said. */
export const pointer = (
  role: 'candidate' | 'baseline',
  generation: string,
  confirmed = role === 'candidate' ? 'open' : 'none',
): string =>
  scraped('flipgate_pointer_info', {
    pointer: 'service',
    target: `the ${role}'s address`,
    role,
    generation,
    confirmed,
  });
/** On which side a rule of the watch passes, and whether it counts. */
export const infoOf = (rule: string, direction: string, severity = 'decide'): string =>
  scraped('flipgate_gate_rule_info', { gate: 'watch', arm, rule, direction, severity });
export const watching = scraped('flipgate_watch_active', { arm });
export const sampled = scraped('flipgate_watch_last_sample_timestamp_seconds', { arm });
export const drilled = scraped('flipgate_rollback_drill_last_success_timestamp_seconds', {
  pointer: 'service',
});
export const drillSeconds = scraped('flipgate_rollback_drill_duration_seconds', { pointer: 'service' });
export const up = scraped('up');
export const build = scraped('flipgate_build_info', { version: '0.1.0', revision: 'r1', node: '20' });

const gateInput = (gate: GateName): Input => ({
  [verdict(gate)]: always(1),
  [evaluated(gate)]: renewed(60),
  [about(gate)]: always(1),
});

export const limits: Readonly<Record<string, number>> = {
  semantic_distance: 0.45,
  coverage: 0.7,
  lambda_convergence: 0.8,
  error_rate: 0.005,
};

/** Both gates pass, the pointer is on the candidate since long ago, and everything is fresh. */
export const healthy: Input = {
  [up]: always(1),
  [build]: always(1),
  ...gateInput('acceptance'),
  ...gateInput('watch'),
  [roleOf('candidate', arm)]: always(1),
  [roleOf('baseline', arms.baseline)]: always(1),
  [reported()]: always(1),
  [seen()]: renewed(10),
  [success]: renewed(60),
  ...Object.fromEntries(rawRules.map(({ rule }) => [limit(rule), always(limits[rule] ?? 0)])),
  [distance]: always(0.3),
  [coverage]: always(0.9),
  [convergence('1')]: always(0.9),
  [convergence('2')]: always(0.85),
  [convergence('all')]: always(0.7),
  [errors]: always(0),
  [ofRule('verdict', 'watch', 'coverage')]: always(1),
  [ofRule('value', 'watch', 'coverage')]: always(0.9),
  [ofRule('limit', 'watch', 'coverage')]: always(0.6),
  [infoOf('coverage', 'at_least')]: always(1),
  [ofRule('verdict', 'watch', 'blind')]: always(1),
  [ofRule('value', 'watch', 'blind')]: always(20),
  [pointer('candidate', '4')]: always(1),
  [watching]: always(1),
  [sampled]: renewed(60),
  [drilled]: always(now - 600),
  [drillSeconds]: always(40),
};

/** Every series of a healthy exporter is gone since some seconds ago, but for what is changed. */
export function vanished(secondsAgo: number, changes: Input = {}): Input {
  const gone = Object.entries(healthy).map(([text, values]) => [
    text,
    values?.replace(/x\d+$/u, `x${(now - secondsAgo) / step - 1} stale`),
  ]);
  return { ...(Object.fromEntries(gone) as Input), [up]: turned(1, secondsAgo, 0), ...changes };
}
