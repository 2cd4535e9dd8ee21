import type { Config } from '../config/config.ts';
import type { GateExpectation } from '../gates/validity/facts.ts';
import { configuredPolicy } from '../gates/policy.ts';
import { defaultGates } from '../gates/rules.ts';

/** What a configuration file says of the gates: a verdict by another policy is none. Without a file nothing is known. */
export function expectationsOf(config: Config): ReadonlyMap<string, GateExpectation> {
  if (config.file === undefined) return new Map();
  const names = new Set([...Object.keys(defaultGates), ...Object.keys(config.gates)]);
  return new Map(
    [...names].map((gate) => {
      const { sha256, maxAgeSeconds } = configuredPolicy(gate, config.gates);
      return [gate, { policy: sha256, maxAgeSeconds }];
    }),
  );
}
