import type { ArmExpectation, JudgeContext } from '../../../src/gates/context.ts';
import { policyOf, type Policy } from '../../../src/gates/policy.ts';
import type { GateSettings } from '../../../src/gates/schema.ts';
import { aMinuteLater, healthyPair, type PairOptions } from '../../support/evidence.ts';

export const expectation: ArmExpectation = { pins: {}, missingSecrets: [], timeoutSeconds: 60 };
export const expectations = { candidate: expectation, baseline: expectation };

/** A healthy pair, judged a minute after it was measured, and what is otherwise. */
export function contextOf(options: PairOptions = {}, more: Partial<JudgeContext> = {}): JudgeContext {
  return { ...healthyPair(options), expectations, drills: [], now: aMinuteLater, ...more };
}

/** The acceptance gate without its drill, and what is written otherwise. */
export function acceptance(settings: GateSettings = {}): Policy {
  const rules = { rollback_drill: { waived: 'no pointer here' }, ...settings.rules };
  return policyOf('acceptance', { ...settings, rules });
}
