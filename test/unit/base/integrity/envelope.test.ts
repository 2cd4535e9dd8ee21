import { createPublicKey, verify } from 'node:crypto';
import { expect, test } from 'vitest';
import { enveloped, openEnvelope } from '../../../../src/base/integrity/envelope.ts';
import { newKeyPair, privateKeyOf, publicHalf } from '../../../../src/base/integrity/keys.ts';
import { ed25519Signer, ed25519Verifier } from '../../../../src/base/integrity/signer.ts';

const key = privateKeyOf(newKeyPair().privatePem)!;
const signer = ed25519Signer(key, undefined);
const verifier = ed25519Verifier(publicHalf(key));
const statement = { _type: 'https://in-toto.io/Statement/v1', subject: [] };

test('what is signed is the pre-authentication encoding of DSSE, by the plain algorithm', () => {
  const { payloadType, payload, signatures } = enveloped(statement, signer);
  const body = Buffer.from(payload, 'base64').toString('utf8');
  expect(JSON.parse(body)).toEqual(statement);
  const encoded = `DSSEv1 28 application/vnd.in-toto+json ${Buffer.byteLength(body)} ${body}`;
  const der = Buffer.from(signatures[0]!.keyid.replace('ed25519:', ''), 'base64');
  const publicKey = createPublicKey({ key: der, format: 'der', type: 'spki' });
  const signature = Buffer.from(signatures[0]!.sig, 'base64');
  expect(payloadType).toBe('application/vnd.in-toto+json');
  expect(verify(null, Buffer.from(encoded), publicKey, signature)).toBe(true);
});

test('an envelope is opened by the key that signed it alone, and whole', () => {
  const envelope = enveloped(statement, signer);
  const text = JSON.stringify(envelope);
  const other = ed25519Verifier(publicHalf(privateKeyOf(newKeyPair().privatePem)!));
  const changed = Buffer.from(JSON.stringify({ ...statement, subject: [{}] })).toString('base64');
  expect(openEnvelope(text, [other, verifier])).toEqual({ statement });
  const refused = { problem: 'is signed by no trusted key' };
  expect(openEnvelope(text, [other])).toEqual(refused);
  expect(openEnvelope(text, [])).toEqual(refused);
  expect(openEnvelope(JSON.stringify({ ...envelope, payload: changed }), [verifier])).toEqual(refused);
  const none = { problem: 'is no DSSE envelope of an in-toto statement' };
  for (const bad of ['', '{}', '[]', text.replace('in-toto', 'other'), '{"payload":"é"}'])
    expect(openEnvelope(bad, [verifier])).toEqual(none);
});
