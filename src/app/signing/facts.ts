import type { Trust } from '../../base/integrity/trust.ts';
import type { ExportedSigning } from '../../exporter/verdict-facts.ts';
import type { ValidityFacts } from '../../gates/validity/facts.ts';
import type { RunRecord } from '../../scoring/record.ts';
import { drillCheck } from './drill-check.ts';
import { latestTime, noteVerdict, seenBefore } from './marks.ts';
import type { Signing } from './signing.ts';

/** What verdicts are held against that has to do with who signed them. */
export function signingFacts(
  signing: Pick<Signing, 'trust' | 'seen'>,
  now: number,
): Pick<ValidityFacts, 'trust' | 'seen' | 'latest'> {
  return {
    trust: signing.trust,
    seen: (about) => seenBefore(about, signing),
    latest: latestTime(signing, now),
  };
}

/** Why a run's record does not count: "run … is not signed". */
export function signatureDamage(record: RunRecord, trust: Trust): string | undefined {
  const problem = trust.problem(record);
  return problem === undefined ? undefined : `the record of run ${record.id} ${problem}: run and judge again`;
}

/** The same for an exporter, by what is configured when it asks. */
export function exportedSigning(current: () => Signing): ExportedSigning {
  return {
    facts: (now) => signingFacts(current(), now),
    note: (verdict) => noteVerdict(verdict, current()),
    drillProblem: (drill) => drillCheck(current())(drill),
    runProblem: (record) => signatureDamage(record, current().trust),
  };
}
