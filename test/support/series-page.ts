import { versionFields } from '../../src/scoring/answer.ts';
import { catalogue, stageDuration } from '../../src/exporter/series/catalogue.ts';

/** The values that a label takes on the page, so that every panel finds its own. */
const values: Readonly<Record<string, readonly string[]>> = {
  // Not the default names: rules and panels know arms by their roles alone.
  arm: ['v1', 'v2'],
  role: ['baseline', 'candidate'],
  gate: ['acceptance', 'watch'],
  rule: ['semantic_distance', 'coverage', 'lambda_convergence', 'error_rate', 'blind'],
  between: ['question_retrieved', 'retrieved_anchor'],
  stat: [
    'mean',
    'median',
    'p05',
    'p50',
    'p95',
    'p99',
    'worst_phrasing',
    'pass_share',
    'cell_median',
    'cell_p95',
  ],
  seed: ['1', '2', 'all'],
  state: ['→', '←', '<>', '×'],
  across: ['all', 'phrasing', 'seed'],
  stage: stageDuration.stages,
  outcome: ['ok', 'timeout', 'judged'],
  artifact: ['a1'],
  ...Object.fromEntries(versionFields.map((field) => [field.toLowerCase(), ['v1']])),
};

function combinations(labels: readonly string[]): readonly string[] {
  return labels.reduce<readonly string[]>(
    (found, label) =>
      found.flatMap((sofar) =>
        (values[label] ?? ['x']).map((value) => `${sofar}${sofar === '' ? '' : ','}${label}="${value}"`),
      ),
    [''],
  );
}

/** An arm has one role. */
const possible = (name: string, labels: string): boolean =>
  name !== 'flipgate_arm_role_info' || labels.includes('"v1"') === labels.includes('"baseline"');

const limits: Readonly<Record<string, number>> = { semantic_distance: 0.45, error_rate: 0.005 };

/** Good values: the gates pass. */
function valueOf(name: string, labels: string, now: number): number {
  if (name.endsWith('_timestamp_seconds')) return now - 5;
  if (name === 'flipgate_gate_rule_limit')
    return Object.entries(limits).find(([rule]) => labels.includes(`"${rule}"`))?.[1] ?? 0.6;
  if (/distance|error/u.test(name)) return 0.001;
  if (/_info$|verdict|active/u.test(name)) return 1;
  return name.endsWith('_ratio') ? 0.9 : 7;
}

/** A page in exposition format with every series of the catalogue, as a healthy exporter would serve it at a time in seconds. */
export function seriesPage(now: number): string {
  const simple = catalogue.flatMap(({ name, type, labels }) => [
    `# TYPE ${name} ${type}`,
    ...combinations(labels)
      .filter((written) => possible(name, written))
      .map(
        (written) =>
          `${name}{${written}} ${valueOf(name, written, now) + (type === 'counter' ? Math.floor(now) % 1e6 : 0)}`,
      ),
  ]);
  const { name, labels, buckets } = stageDuration;
  const count = Math.floor(now) % 1e6;
  const histogram = combinations(labels).flatMap((written) => [
    ...[...buckets, '+Inf'].map((bound) => `${name}_bucket{${written},le="${bound}"} ${count}`),
    `${name}_sum{${written}} ${count}`,
    `${name}_count{${written}} ${count}`,
  ]);
  return [...simple, `# TYPE ${name} histogram`, ...histogram, ''].join('\n');
}
