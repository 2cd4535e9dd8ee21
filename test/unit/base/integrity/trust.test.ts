import { verify } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { newKeyPair, privateKeyOf, publicHalf, publicKeyOf } from '../../../../src/base/integrity/keys.ts';
import { sealed, signedBytes } from '../../../../src/base/integrity/sealed.ts';
import { ed25519Signer, ed25519Verifier, hmacSigner } from '../../../../src/base/integrity/signer.ts';
import { trustOf, trustsAnybody } from '../../../../src/base/integrity/trust.ts';

const document = { schema: 'flipgate.verdict/1', verdict: 'pass', reason: 'naïve “quotes”' };
const key = privateKeyOf(newKeyPair().privatePem)!;
const signer = ed25519Signer(key, 'production');
const verifiers = [ed25519Verifier(publicHalf(key))];
const strict = trustOf({ verifiers, isRequired: true, store: 'production' });
const lenient = trustOf({ verifiers, isRequired: false, store: 'production' });

describe('a document', () => {
  const signed = sealed(document, signer);
  const stranger = ed25519Signer(privateKeyOf(newKeyPair().privatePem)!, 'production');

  test('that a trusted key has signed for this store may be read', () => {
    expect(signed).toMatchObject({ ...document, store: 'production' });
    expect([strict.problem(signed), strict.isSigned(signed)]).toEqual([undefined, true]);
    expect(
      verify(
        null,
        signedBytes(signed),
        publicHalf(key),
        Buffer.from(signed.integrity.signature!.value, 'base64'),
      ),
    ).toBe(true);
  });

  test.each([
    ['that nobody has signed', sealed(document), 'is not signed'],
    [
      'that a stranger has signed',
      sealed(document, stranger),
      `is signed by a key that is not trusted: ${stranger.key}`,
    ],
    ['without its hash', document, 'is not signed'],
    [
      'with a signature that is none',
      { ...signed, integrity: { sha256: '', signature: 7 } },
      'is not signed',
    ],
  ])('%s may be read only where nothing has to be signed', (_, one, problem) => {
    expect([strict.problem(one), lenient.problem(one), trustsAnybody.problem(one)]).toEqual([
      problem,
      undefined,
      undefined,
    ]);
    expect([strict, lenient, trustsAnybody].map((trust) => trust.isSigned(one))).toEqual([
      false,
      false,
      false,
    ]);
  });

  test.each([
    ['that was changed', { ...signed, verdict: 'fail' }, 'is not what was signed'],
    ['with a key more', { ...signed, more: 1 }, 'is not what was signed'],
    [
      'with the signature of another',
      { ...signed, integrity: sealed({ ...document, a: 1 }, signer).integrity },
      'is not what was signed',
    ],
    [
      'signed for another store',
      sealed(document, ed25519Signer(key, 'staging')),
      'is signed for store "staging", this is store "production"',
    ],
    [
      'signed for no store',
      sealed(document, ed25519Signer(key, undefined)),
      'is signed for no store, this is store "production"',
    ],
  ])('%s by a trusted key is never read', (_, one, problem) => {
    expect([strict.problem(one), lenient.problem(one)]).toEqual([problem, problem]);
  });
});

test('one secret signs and checks on one machine', () => {
  const own = hmacSigner(Buffer.alloc(32, 1), undefined);
  const other = hmacSigner(Buffer.alloc(32, 2), undefined);
  const trust = trustOf({ verifiers: [own], isRequired: true });
  expect(trust.problem(sealed(document, own))).toBeUndefined();
  expect(trust.problem(sealed(document, other))).toBe('is not what was signed');
});

test('public keys are read as they are printed and in PEM; what is private or of another kind is none', () => {
  const { privatePem, publicKey } = newKeyPair();
  const pem = String(publicKeyOf(publicKey)?.export({ type: 'spki', format: 'pem' }));
  expect(publicKeyOf(pem)?.equals(publicKeyOf(publicKey)!)).toBe(true);
  for (const none of [privatePem, 'ed25519:', 'ed25519:AAAA', '', 'rsa:x', `x${publicKey}`])
    expect(publicKeyOf(none)).toBeUndefined();
});
