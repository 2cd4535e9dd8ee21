import type { Verdict } from './verdict.ts';

/**
 * A verdict as others read it: an in-toto Statement v1 about the arm's artifact whose predicate is a SLSA verification summary, with the verdict itself as an
 * extension. `undefined` for one that is about no artifact.
 */
export function attestationOf(verdict: Verdict, version: string): object | undefined {
  const { gate, arm, artifact, policy, store, evaluated_at, runs, records } = verdict;
  if (artifact === undefined) return undefined;
  const inputs = (['candidate', 'baseline'] as const).flatMap((role) => {
    const [run, record] = [runs[role], records?.[role]];
    return run === undefined || record === undefined
      ? []
      : [{ uri: `flipgate:runs/${run}`, digest: { sha256: record.sha256 } }];
  });
  const isPassed = verdict.verdict === 'pass';
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name: arm, digest: { sha256: artifact } }],
    predicateType: 'https://slsa.dev/verification_summary/v1',
    predicate: {
      verifier: { id: 'flipgate', version: { flipgate: version } },
      timeVerified: evaluated_at,
      resourceUri: `flipgate:${store ?? 'store'}/${arm}`,
      policy: {
        uri: `flipgate:gates/${gate}`,
        ...(policy === undefined ? {} : { digest: { sha256: policy } }),
      },
      inputAttestations: inputs,
      verificationResult: isPassed ? 'PASSED' : 'FAILED',
      verifiedLevels: [isPassed ? `FLIPGATE_${gate.toUpperCase().replaceAll('-', '_')}` : 'FAILED'],
      flipgate_verdict: verdict,
    },
  };
}
