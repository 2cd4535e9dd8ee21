import type { VersionsReader } from '../../arms/versions-url.ts';
import { limitTime } from '../../base/time-limit.ts';
import { artifactOf } from '../../scoring/artifact.ts';
import type { ReportedArtifact } from '../../exporter/snapshot.ts';

/** What arms report of themselves now, asked again and again. */
export interface ReportedArtifacts {
  /** What was seen lately enough to count as now. */
  current(): readonly ReportedArtifact[];
  /** Resolves when every arm was asked once, whatever it said. */
  readonly asked: Promise<unknown>;
  close(): Promise<void>;
}

export interface ReportedOptions {
  /** By arm. */
  readonly readers: ReadonlyMap<string, VersionsReader>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Told when an arm stops or starts to answer. */
  readonly onChange: (arm: string, problem: string | undefined) => void;
}

const everyMilliseconds = 15_000;
const longestLookMilliseconds = 10_000;
/** A look that failed is no news for so long: what was seen before that stands. */
const keptMilliseconds = 2.5 * everyMilliseconds;

/** Asks at once, and every 15 s until closed. An arm that does not tell is forgotten. */
export function reportedArtifacts({ readers, now, onChange }: ReportedOptions): ReportedArtifacts {
  const seen = new Map<string, ReportedArtifact>();
  const problems = new Map<string, string>();
  const stop = new AbortController();
  const look = async (arm: string, reader: VersionsReader): Promise<void> => {
    const limit = limitTime(stop.signal, longestLookMilliseconds);
    const found = await reader.read(limit.signal).finally(limit.done);
    if (stop.signal.aborted) return;
    if (found.ok)
      seen.set(arm, {
        arm,
        artifact: artifactOf(found.versions),
        versions: found.versions,
        seenAt: now() / 1000,
      });
    const problem = found.ok ? undefined : found.message;
    if (problems.get(arm) !== problem) onChange(arm, problem);
    if (problem === undefined) problems.delete(arm);
    else problems.set(arm, problem);
  };
  const lookAll = (): Promise<unknown> => Promise.all([...readers].map(([arm, reader]) => look(arm, reader)));
  const asked = lookAll();
  const timer = setInterval(() => void lookAll(), everyMilliseconds);
  return {
    asked,
    current: () =>
      [...seen.values()].filter(({ seenAt }) => Math.abs(now() - 1000 * seenAt) <= keptMilliseconds),
    async close() {
      clearInterval(timer);
      stop.abort();
      await Promise.all([...readers.values()].map((reader) => reader.close()));
    },
  };
}
