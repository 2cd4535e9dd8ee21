import { catalogue, stageDuration } from '../../src/exporter/series/catalogue.ts';
import { clockSkew } from './settings.ts';

/** A value that starts with an operator keeps it; any other must be equal. */
type Matchers = Readonly<Record<string, string>>;

const histogram = ['_bucket', '_sum', '_count'].map(
  (suffix) => [`${stageDuration.name}${suffix}`, [...stageDuration.labels, 'le']] as const,
);

/** Every series that may be asked for, with its labels. */
export const knownLabels: ReadonlyMap<string, readonly string[]> = new Map([
  ...catalogue.map(({ name, labels }) => [name, labels] as const),
  ...histogram,
  ['up', ['job', 'instance']],
  ['ALERTS', ['alertname', 'alertstate', 'severity', 'action', 'arm', 'rule', 'gate', 'pointer']],
]);

/** A selector of a series that exists, by labels that it has. */
export function series(name: string, matchers: Matchers = {}): string {
  const labels = knownLabels.get(name);
  if (labels === undefined) throw new Error(`no series "${name}" in the catalogue`);
  const unknown = Object.keys(matchers).filter((label) => !labels.includes(label));
  if (unknown.length > 0) throw new Error(`series "${name}" has no label "${unknown.join(', ')}"`);
  const written = Object.entries(matchers).map(([label, value]) => {
    const [, operator = '=', text = ''] = /^(!=|=~|!~)?(.*)$/u.exec(value) ?? [];
    return `${label}${operator}${JSON.stringify(text)}`;
  });
  return written.length === 0 ? name : `${name}{${written.join(',')}}`;
}

export type Role = 'baseline' | 'candidate';

/** Who has a role now: no rule and no panel names an arm. */
export function inRole(role: Role): string {
  return `(${series('flipgate_arm_role_info', { role })} == 1)`;
}

/** The series of a selector that are the arm's in this role. */
export function ofRole(role: Role, selector: string): string {
  return `(${selector} and on (arm) ${inRole(role)})`;
}

export const ofCandidate = (name: string, matchers: Matchers = {}): string =>
  ofRole('candidate', series(name, matchers));

export function indent(text: string, by = 2): string {
  return text.replaceAll(/^(?=.)/gmu, ' '.repeat(by));
}

/** A parenthesis over several lines. */
export function block(text: string): string {
  return `(\n${indent(text)}\n)`;
}

/** `value` where every condition holds, and nothing otherwise: what opens must be proved. */
export function proved(value: string, conditions: readonly string[]): string {
  return [value, ...conditions.map((condition) => `and on () ${condition}`)].join('\n');
}

/** The timestamps that are at most `seconds` old, and no further ahead than clocks differ; NaN is neither. */
export function within(timestamp: string, seconds: number): readonly string[] {
  return [`(time() - ${timestamp} <= ${seconds})`, `(time() - ${timestamp} >= -${clockSkew})`];
}

/** Exactly one series, and its time is fresh. */
export function oneFresh(timestamp: string, seconds: number): readonly string[] {
  return [`(count(${timestamp}) == 1)`, ...within(timestamp, seconds)];
}

/** One of several, all without labels. */
export function either(parts: readonly string[]): string {
  return parts.join('\nor\n');
}
