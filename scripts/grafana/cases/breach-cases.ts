import { fires, quiet, type AlertCase, type Firing } from './alert-case.ts';
import { always, evaluated, now, ofRule, scraped, verdict, type Input } from './world.ts';

const coverageVerdict = ofRule('verdict', 'watch', 'coverage');
const stopped: Input = {
  [verdict('watch')]: always(-1),
  [coverageVerdict]: always(-1),
  [ofRule('value', 'watch', 'coverage')]: always(0.5),
};
const ofCoverage: Firing = { labels: { rule: 'coverage' }, value: 0.5 };

/** A stop rule failed, or only looks like it. */
export const breaches: readonly AlertCase[] = [
  fires('FlipgateBreach', 'a stop rule failed', stopped, ofCoverage),
  fires(
    'FlipgateBreach',
    'two exporters say so, once',
    {
      ...stopped,
      [scraped('flipgate_gate_rule_verdict', { gate: 'watch', arm: 'green', rule: 'coverage' }, 'b')]:
        always(-1),
      [scraped('flipgate_gate_rule_value', { gate: 'watch', arm: 'green', rule: 'coverage' }, 'b')]:
        always(0.4),
    },
    ofCoverage,
  ),
  fires(
    'FlipgateBreach',
    'the verdict of the gate is missing',
    { ...stopped, [verdict('watch')]: undefined },
    ofCoverage,
  ),
  fires(
    'FlipgateBreach',
    'a rule of the configuration failed',
    {
      [ofRule('verdict', 'watch', 'own_rule')]: always(-1),
      [ofRule('value', 'watch', 'own_rule')]: always(0.5),
    },
    { labels: { rule: 'own_rule' }, value: 0.5 },
  ),
  quiet('a stop rule that is not decided', { [verdict('watch')]: always(0), [coverageVerdict]: always(0) }),
  quiet('a warning is no stop', {
    [ofRule('verdict', 'watch', 'latency_p95_warning')]: always(-1),
    [ofRule('value', 'watch', 'latency_p95_warning')]: always(1.3),
  }),
  quiet('the gate fails without a rule that failed', { [verdict('watch')]: always(-1) }),
  quiet('a rule that could not be judged', {
    [verdict('watch')]: always(-1),
    [coverageVerdict]: always(-1),
    [ofRule('value', 'watch', 'coverage')]: undefined,
  }),
  quiet('a waived rule has no verdict', {
    [coverageVerdict]: undefined,
    [ofRule('limit', 'watch', 'coverage')]: undefined,
    [ofRule('value', 'watch', 'coverage')]: always(0.1),
  }),
  quiet('the stop rule of the other arm', {
    [scraped('flipgate_gate_rule_verdict', { gate: 'watch', arm: 'blue', rule: 'coverage' })]: always(-1),
    [scraped('flipgate_gate_rule_value', { gate: 'watch', arm: 'blue', rule: 'coverage' })]: always(0.1),
  }),
  quiet('a breach on old evidence is for the blind alert', {
    ...stopped,
    [evaluated('watch')]: always(now - 900),
  }),
  quiet('a breach from the future', { ...stopped, [evaluated('watch')]: always(now + 31) }),
  fires(
    'FlipgateBreach',
    'it outlives the exporter for a while',
    { ...stopped, [coverageVerdict]: `${always(-1).replace(/x\d+$/u, 'x75')} stale` },
    ofCoverage,
  ),
];
