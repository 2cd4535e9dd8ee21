import { sha256 } from '../base/canonical.ts';

export interface CallIdentity {
  readonly questionId: string;
  readonly phrasingText: string;
  readonly seed: number;
  readonly arm: string;
}

/** A call's `key`: the same for the same question text, seed and arm in every run. */
export function callKey({ questionId, phrasingText, seed, arm }: CallIdentity): string {
  // What canonicalJson makes of it, without its walk: every call needs one.
  return sha256(
    JSON.stringify([questionId.normalize('NFC'), phrasingText.normalize('NFC'), seed, arm.normalize('NFC')]),
  );
}

/** The request's `idempotency-key`: stable per run and cell. */
export function idempotencyKey(runId: string, key: string): string {
  return sha256(runId + key);
}
