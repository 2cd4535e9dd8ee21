import * as z from 'zod';
import { jsonOrUndefined } from '../json.ts';
import type { Signer, Verifier } from './signer.ts';

const payloadType = 'application/vnd.in-toto+json';

const envelopeSchema = z.object({
  payloadType: z.literal(payloadType),
  payload: z.base64(),
  signatures: z.array(z.object({ keyid: z.string(), sig: z.base64() })).min(1),
});

/** A DSSE envelope around an in-toto statement: https://github.com/secure-systems-lab/dsse. */
export type Envelope = Readonly<z.infer<typeof envelopeSchema>>;

/** Puts a statement into a signed envelope. */
export function enveloped(statement: object, signer: Signer): Envelope {
  const payload = Buffer.from(JSON.stringify(statement));
  const sig = signer.sign(preAuthEncoding(payload)).toString('base64');
  return { payloadType, payload: payload.toString('base64'), signatures: [{ keyid: signer.key, sig }] };
}

/** The statement in an envelope's text, where one of these keys has signed it; else what is wrong: "is signed by no trusted key". */
export function openEnvelope(
  text: string,
  verifiers: readonly Verifier[],
): { readonly statement: unknown } | { readonly problem: string } {
  const { data: envelope } = envelopeSchema.safeParse(jsonOrUndefined(text));
  if (envelope === undefined) return { problem: 'is no DSSE envelope of an in-toto statement' };
  const payload = Buffer.from(envelope.payload, 'base64');
  const signed = preAuthEncoding(payload);
  const isSigned = envelope.signatures.some(({ sig }) =>
    verifiers.some((verifier) => verifier.verify(signed, Buffer.from(sig, 'base64'))),
  );
  return isSigned
    ? { statement: jsonOrUndefined(payload.toString('utf8')) }
    : { problem: 'is signed by no trusted key' };
}

/** What is signed: type and payload with their lengths, so that nothing can be moved from one to the other. */
function preAuthEncoding(payload: Buffer): Buffer {
  return Buffer.concat([
    Buffer.from(`DSSEv1 ${payloadType.length} ${payloadType} ${payload.length} `),
    payload,
  ]);
}
