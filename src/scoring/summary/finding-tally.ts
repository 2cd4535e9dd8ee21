import { compareCodeUnits } from '../../base/canonical.ts';
import type { CallFinding, Versions } from '../answer.ts';
import { versionFields } from '../answer.ts';
import { artifactOf, missingVersions } from '../artifact.ts';
import type { Artifact, CallLine, Finding, ScoreLine } from '../record.ts';
import { seedHasNoEffect, seedPairs } from '../lambda/seed-effect.ts';

export type CountedArtifact = Artifact & { readonly count: number };

/** What a record says beside its numbers. */
export interface FindingTally {
  add(calls: readonly CallLine[], scores: readonly ScoreLine[]): void;
  /** By code, then field, with `others` that were found elsewhere; `count` is the number of calls, for `seed_without_effect` the number of pairs that are the same. */
  findings(others?: readonly Finding[]): Finding[];
  /** The artifacts that answered calls report, the most frequent first: more than one is version drift. */
  artifacts(): CountedArtifact[];
}

const snippetFields = ['snippet_id', 'section_id', 'source_url', 'offsets', 'tokens'] as const;

export function createFindingTally(): FindingTally {
  const counts = new Map<string, Finding>();
  const artifacts = new Map<string, CountedArtifact>();
  let pairs = 0;
  let same = 0;
  return {
    add(calls, scores) {
      const scored = new Map(scores.map(({ key, findings = [] }) => [key, findings]));
      for (const call of calls) {
        countOnce(counts, [...findingsOf(call), ...(scored.get(call.key) ?? [])]);
        if (call.outcome === 'ok') countArtifact(artifacts, call.versions);
      }
      const ofQuestion = seedPairs(calls);
      pairs += ofQuestion.pairs;
      same += ofQuestion.same;
    },
    findings(others = []) {
      const all = [
        ...counts.values(),
        ...others,
        ...(seedHasNoEffect({ pairs, same }) ? [{ code: 'seed_without_effect', count: same }] : []),
      ];
      return all.sort(
        (a, b) => compareCodeUnits(a.code, b.code) || compareCodeUnits(a.field ?? '', b.field ?? ''),
      );
    },
    artifacts: () =>
      [...artifacts.values()].sort((a, b) => b.count - a.count || compareCodeUnits(a.sha256, b.sha256)),
  };
}

function findingsOf(call: CallLine): CallFinding[] {
  const own = [...(call.findings ?? [])];
  if (call.outcome !== 'ok') return own;
  for (const field of missingVersions(call.versions)) own.push({ code: 'version_missing', field });
  for (const field of snippetFields) {
    if ((call.retrieved ?? []).some((snippet) => snippet[field] === undefined))
      own.push({ code: 'snippet_field_missing', field });
  }
  return own;
}

/** One call counts once for a finding, whoever found it and however often. */
function countOnce(counts: Map<string, Finding>, findings: readonly CallFinding[]): void {
  const distinct = new Map(
    findings.map((finding) => [JSON.stringify([finding.code, finding.field ?? null]), finding]),
  );
  for (const [id, { code, field }] of distinct) {
    const count = (counts.get(id)?.count ?? 0) + 1;
    counts.set(id, { code, ...(field !== undefined && { field }), count });
  }
}

function countArtifact(artifacts: Map<string, CountedArtifact>, versions: Versions | undefined): void {
  const id = JSON.stringify(versionFields.map((field) => versions?.[field] ?? ''));
  const known = artifacts.get(id) ?? { ...artifactOf(versions), count: 0 };
  artifacts.set(id, { ...known, count: known.count + 1 });
}
