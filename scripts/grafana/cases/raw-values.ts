import {
  arms,
  always,
  convergence,
  coverage,
  distance,
  errors,
  limit,
  notANumber,
  now,
  scraped,
  success,
  vanished,
  type Input,
} from './world.ts';

/** What the raw series of the acceptance gate say while its verdict is a pass. */
export interface RawCase {
  readonly name: string;
  readonly changes: Input;
  readonly raw: 0 | 1;
  readonly decides: 1 | -1;
  /** The rules that disagree with the verdict. */
  readonly disagrees?: Readonly<Record<string, number>>;
}

const beyond = (name: string, changes: Input, disagrees: Readonly<Record<string, number>>): RawCase => ({
  name,
  changes,
  raw: 0,
  decides: -1,
  disagrees,
});
const unproved = (name: string, changes: Input): RawCase => ({ name, changes, raw: 0, decides: 1 });
const kept = (name: string, changes: Input): RawCase => ({ name, changes, raw: 1, decides: 1 });

export const rawCases: readonly RawCase[] = [
  kept('every raw value within its limit', {}),
  kept('every raw value at its limit', {
    [distance]: always(0.45),
    [coverage]: always(0.7),
    [convergence('1')]: always(0.8),
    [errors]: always(0.005),
  }),
  kept('float noise beyond a limit', { [distance]: always(0.450_000_000_000_1) }),
  kept('a convergence over all seeds is no seed', { [convergence('all')]: always(0.1) }),
  beyond('a distance beyond its limit', { [distance]: always(0.46) }, { semantic_distance: 1 }),
  beyond('a coverage below its limit', { [coverage]: always(0.69) }, { coverage: 1 }),
  beyond('one seed below its limit', { [convergence('2')]: always(0.79) }, { lambda_convergence: 1 }),
  beyond('errors beyond their limit', { [errors]: always(0.006) }, { error_rate: 1 }),
  beyond('a raw value that is no number', { [coverage]: notANumber }, { coverage: 1 }),
  beyond('a seed that is no number', { [convergence('2')]: notANumber }, { lambda_convergence: 1 }),
  beyond('a raw value born 0', { [coverage]: always(0) }, { coverage: 1 }),
  beyond('a limit that is no number', { [limit('error_rate')]: notANumber }, { error_rate: 1 }),
  beyond(
    'two limits',
    {
      [scraped(
        'flipgate_gate_rule_limit',
        { gate: 'acceptance', arm: arms.candidate, rule: 'coverage' },
        'b',
      )]: always(0.1),
    },
    { coverage: 1 },
  ),
  beyond(
    'a second exporter that is beyond',
    { [scraped('flipgate_error_ratio', { arm: arms.candidate }, 'b')]: always(0.5) },
    { error_rate: 1 },
  ),
  beyond(
    'two rules beyond',
    { [coverage]: always(0.1), [errors]: always(1) },
    { coverage: 1, error_rate: 1 },
  ),
  beyond(
    'a waived rule beside one that is beyond',
    { [limit('coverage')]: undefined, [errors]: always(1) },
    { error_rate: 1 },
  ),
  unproved('a waived rule vetoes nothing', { [limit('coverage')]: undefined, [coverage]: always(0.1) }),
  unproved('a raw series that is missing', { [distance]: undefined }),
  unproved('no seed', { [convergence('1')]: undefined, [convergence('2')]: undefined }),
  unproved('no complete run', { [success]: undefined }),
  unproved('a run that is too old', { [success]: always(now - 901) }),
  unproved('a run in the future', { [success]: always(now + 31) }),
  unproved('two times of a run', {
    [scraped('flipgate_run_last_success_timestamp_seconds', { arm: arms.candidate }, 'b')]: always(now - 60),
  }),
  unproved('a run whose time is no number', { [success]: notANumber }),
  kept('only the other arm is beyond', {
    [scraped('flipgate_error_ratio', { arm: arms.baseline })]: always(1),
  }),
  { name: 'nothing at all', changes: vanished(600), raw: 0, decides: -1 },
];
