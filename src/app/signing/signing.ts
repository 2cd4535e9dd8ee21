import path from 'node:path';
import { sha256 } from '../../base/canonical.ts';
import { UserError } from '../../base/errors.ts';
import { publicHalf, publicKeyOf } from '../../base/integrity/keys.ts';
import {
  ed25519Signer,
  ed25519Verifier,
  hmacSigner,
  type Signer,
  type Verifier,
} from '../../base/integrity/signer.ts';
import { trustOf, trustsAnybody, type Trust } from '../../base/integrity/trust.ts';
import type { World } from '../../base/world.ts';
import type { Config } from '../../config/config.ts';
import type { SigningSettings } from '../../config/signing-schema.ts';
import { defaultSeenFolder, openSeen, seenNothing, type SeenMarks } from '../../store/seen.ts';
import { hmacSecret, privateKey, readableKey } from './key-files.ts';

/** Who signs, whose signatures count, and what was seen before. */
export interface Signing {
  /** `undefined` where nobody signs. Throws a `UserError` (exit 2) for a key that cannot be used. */
  readonly signer: () => Signer | undefined;
  readonly trust: Trust;
  /** Of the keys that are trusted. */
  readonly verifiers: readonly Verifier[];
  readonly seen: SeenMarks;
}

type Asked = Pick<Config, 'signing' | 'store'>;

const unsigned: Signing = { signer: () => undefined, trust: trustsAnybody, verifiers: [], seen: seenNothing };
const opened = new WeakMap<Asked, Signing>();

/** What a configuration says about signing, read once. Throws a `UserError` for keys that are none (exit 2) and for marks that cannot be kept (exit 4). */
export function signingOf(config: Asked, world: Pick<World, 'environment'>): Signing {
  const { signing: settings } = config;
  if (settings === undefined) return unsigned;
  const known = opened.get(config);
  if (known !== undefined) return known;
  const verifiers = verifiersOf(settings);
  const signing: Signing = {
    signer: () => signerOf(settings),
    trust: trustOf({ verifiers, isRequired: settings.require, store: settings.store }),
    verifiers,
    seen: verifiers.length === 0 ? seenNothing : openSeen(seenFolder(config, settings, world)),
  };
  opened.set(config, signing);
  return signing;
}

function signerOf({ key, hmac, store }: SigningSettings): Signer | undefined {
  if (hmac !== undefined) return hmacSigner(hmacSecret(hmac), store);
  return key === undefined ? undefined : ed25519Signer(privateKey(key), store);
}

/** Who signs trusts himself; who only reads need not be able to read the key. */
function verifiersOf({ key, hmac, store, trusted }: SigningSettings): readonly Verifier[] {
  const own = key === undefined ? undefined : readableKey(key);
  return [
    ...trusted.map((text) => ed25519Verifier(trustedKey(text))),
    ...(own === undefined ? [] : [ed25519Verifier(publicHalf(own))]),
    ...(hmac === undefined ? [] : [hmacSigner(hmacSecret(hmac), store)]),
  ];
}

function trustedKey(text: string): NonNullable<ReturnType<typeof publicKeyOf>> {
  const key = publicKeyOf(text);
  if (key !== undefined) return key;
  throw new UserError('signing.trusted has a key that is no Ed25519 public key', {
    hint: 'ed25519:… as flipgate keys new prints it, or PEM; never the private key',
  });
}

/** One a store: its id, or where it stands. */
function seenFolder(
  { store }: Pick<Config, 'store'>,
  settings: SigningSettings,
  { environment }: Pick<World, 'environment'>,
): string {
  const name = sha256(settings.store ?? path.resolve(store)).slice(0, 16);
  return path.join(settings.seen ?? defaultSeenFolder(environment), name);
}
