import { createHmac, sign, timingSafeEqual, verify, type KeyObject } from 'node:crypto';
import { publicHalf, publicKeyText } from './keys.ts';

/** Who signs documents. */
export interface Signer {
  /** What readers know the key by: `ed25519:…`, or `hmac` for the one secret of a machine. */
  readonly key: string;
  /** The id of the store that all that it signs is for. */
  readonly store?: string | undefined;
  /** Whether others can check what it signs without being able to sign. */
  readonly isPublic: boolean;
  sign(bytes: Buffer): Buffer;
}

/** A key that signatures are checked with. */
export interface Verifier {
  readonly key: string;
  verify(bytes: Buffer, signature: Buffer): boolean;
}

export function ed25519Signer(privateKey: KeyObject, store: string | undefined): Signer {
  const key = publicKeyText(publicHalf(privateKey));
  return { key, store, isPublic: true, sign: (bytes) => sign(null, bytes, privateKey) };
}

export function ed25519Verifier(publicKey: KeyObject): Verifier {
  return {
    key: publicKeyText(publicKey),
    verify: (bytes, signature) => verify(null, bytes, publicKey, signature),
  };
}

/** HMAC-SHA-256: whoever can check can sign. */
export function hmacSigner(secret: Buffer, store: string | undefined): Signer & Verifier {
  const mac = (bytes: Buffer): Buffer => createHmac('sha256', secret).update(bytes).digest();
  return {
    key: 'hmac',
    store,
    isPublic: false,
    sign: mac,
    verify(bytes, signature) {
      const expected = mac(bytes);
      return signature.length === expected.length && timingSafeEqual(signature, expected);
    },
  };
}
