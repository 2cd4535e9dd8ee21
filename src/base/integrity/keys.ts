import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';

const prefix = 'ed25519:';

/** A new Ed25519 key: the private half as PKCS #8 in PEM, the public half as configurations have it. */
export function newKeyPair(): { readonly privatePem: string; readonly publicKey: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return {
    privatePem: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    publicKey: publicKeyText(publicKey),
  };
}

/** `ed25519:` and the base64 of the key's SubjectPublicKeyInfo in DER. */
export function publicKeyText(key: KeyObject): string {
  return `${prefix}${key.export({ type: 'spki', format: 'der' }).toString('base64')}`;
}

/** The public half of a private key. */
export function publicHalf(privateKey: KeyObject): KeyObject {
  return createPublicKey(privateKey);
}

/** The Ed25519 key that such a text, or a PEM block, stands for; `undefined` where it is none. */
export function publicKeyOf(text: string): KeyObject | undefined {
  return ed25519Or(() =>
    text.startsWith(prefix)
      ? createPublicKey({
          key: Buffer.from(text.slice(prefix.length), 'base64'),
          format: 'der',
          type: 'spki',
        })
      : publicPem(text),
  );
}

/** The private Ed25519 key in a PEM block; `undefined` where it is none. */
export function privateKeyOf(pem: string): KeyObject | undefined {
  return ed25519Or(() => createPrivateKey(pem));
}

/** Whether a text is, or is meant to be, a private key itself and not the path of its file. */
export function isPrivatePem(text: string): boolean {
  return text.includes('PRIVATE KEY-----');
}

/** Node makes a public key of a private one: who wrote that into a configuration has given it away. */
function publicPem(text: string): KeyObject | undefined {
  return isPrivatePem(text) ? undefined : createPublicKey(text);
}

function ed25519Or(read: () => KeyObject | undefined): KeyObject | undefined {
  try {
    const key = read();
    return key?.asymmetricKeyType === 'ed25519' ? key : undefined;
  } catch {
    return undefined;
  }
}
