import { defaultMaxResponseBytes } from '../../arms/context.ts';
import type { VersionsReader } from '../../arms/versions-url.ts';
import { createRedactor } from '../../base/redact.ts';
import { packageVersion } from '../../base/version.ts';
import type { World } from '../../base/world.ts';
import type { Config } from '../../config/config.ts';

/** A reader for every arm with a `versionsUrl`. What reads it is loaded only where there is one: a tenth of a second. */
export async function versionsReaders(
  { arms, secrets }: Config,
  { clock }: Pick<World, 'clock'>,
  names: readonly (string | undefined)[] = [...arms.keys()],
): Promise<ReadonlyMap<string, VersionsReader>> {
  const asked = [...arms].filter(
    ([name, { versionsUrl }]) => versionsUrl !== undefined && names.includes(name),
  );
  if (asked.length === 0) return new Map();
  const { openVersionsReader } = await import('../../arms/versions-url.ts');
  const redact = createRedactor(secrets);
  const context = {
    redact,
    userAgent: `flipgate/${packageVersion()}`,
    maxResponseBytes: defaultMaxResponseBytes,
    clock,
  };
  return new Map(asked.map(([name, settings]) => [name, openVersionsReader(settings, context)]));
}
