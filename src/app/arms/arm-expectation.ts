import { defaultTimeoutSeconds } from '../../arms/options.ts';
import type { World } from '../../base/world.ts';
import type { Config } from '../../config/config.ts';
import type { ArmExpectation } from '../../gates/context.ts';

/** What is configured for an arm that a gate needs to know; an arm that is not configured can still have runs. */
export function expectationOf(arm: string, { arms }: Config, { environment }: World): ArmExpectation {
  const settings = arms.get(arm);
  const missingSecrets = (settings?.requiredSecrets ?? []).filter((name) => (environment[name] ?? '') === '');
  return {
    pins: settings?.pins ?? {},
    missingSecrets,
    timeoutSeconds: settings?.timeoutSeconds ?? defaultTimeoutSeconds,
  };
}
