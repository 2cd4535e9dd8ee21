import type { Clock } from '../../base/world.ts';
import type { ReportedState } from '../../gates/validity/context.ts';
import type { Config } from '../../config/config.ts';
import { artifactOf } from '../../scoring/artifact.ts';
import { versionsReaders } from './versions-readers.ts';

/** Whoever asks a gate waits no longer for an arm to say what it is. */
const longestLookMilliseconds = 5000;

/** What the configured arms among `names` report now, at their `versionsUrl`; nothing of arms without one. */
export async function reportedStates(
  { config, clock }: { readonly config: Config; readonly clock: Clock },
  names: readonly (string | undefined)[],
): Promise<ReadonlyMap<string, ReportedState>> {
  const readers = await versionsReaders(config, { clock }, names);
  const signal = AbortSignal.timeout(longestLookMilliseconds);
  try {
    return new Map(
      await Promise.all(
        [...readers].map(async ([arm, reader]) => {
          const found = await reader.read(signal);
          const state = found.ok ? { artifact: artifactOf(found.versions).sha256 } : ('silent' as const);
          return [arm, state] as const;
        }),
      ),
    );
  } finally {
    await Promise.all([...readers.values()].map((reader) => reader.close()));
  }
}
