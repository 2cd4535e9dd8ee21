import type { Snapshot } from '../../exporter/snapshot.ts';
import type { RollbackBegun } from '../../store/documents/rollback.ts';

/** What an arm is, for the record of a rollback: what it reports of itself, else what it was when it was judged last. */
export function rolledBackFrom(
  arm: string,
  { reported, verdicts }: Pick<Snapshot, 'reported' | 'verdicts'>,
): RollbackBegun['rolled_back'] {
  const now = reported.find((one) => one.arm === arm);
  if (now !== undefined) return { arm, artifact: now.artifact.sha256, known_from: 'reported' };
  const judged = verdicts
    .filter((verdict) => verdict.arm === arm && verdict.artifact !== undefined)
    .toSorted((a, b) => Date.parse(a.evaluated_at) - Date.parse(b.evaluated_at))
    .at(-1);
  return judged?.artifact === undefined ? { arm } : { arm, artifact: judged.artifact, known_from: 'verdict' };
}
