import { rm } from 'node:fs/promises';
import { toWriteError, writeAtomically } from '../../base/files.ts';
import { enveloped, type Envelope } from '../../base/integrity/envelope.ts';
import type { Signer } from '../../base/integrity/signer.ts';
import { packageVersion } from '../../base/version.ts';
import { attestationOf } from '../../gates/attestation.ts';
import type { Verdict } from '../../gates/verdict.ts';

/** Where the envelope of the verdict in a file stands. */
export function attestationFile(verdictFile: string): string {
  return verdictFile.replace(/\.json$/u, '.dsse.json');
}

/** A verdict's envelope; `undefined` where its signer is one whose signatures nobody else can check, or where it is about no artifact. */
export function envelopeOf(verdict: Verdict, signer: Signer | undefined): Envelope | undefined {
  if (signer?.isPublic !== true) return undefined;
  const statement = attestationOf(verdict, packageVersion());
  return statement && enveloped(statement, signer);
}

/** Writes the envelope beside its verdict. Where there is none, one of before is none any more. */
export async function storeAttestation(verdictFile: string, envelope: Envelope | undefined): Promise<void> {
  const file = attestationFile(verdictFile);
  if (envelope === undefined)
    await rm(file, { force: true }).catch((error: unknown) => {
      throw toWriteError(file, error);
    });
  else await writeAtomically(file, `${JSON.stringify(envelope)}\n`);
}
