import { canonicalJson, sha256 } from '../canonical.ts';
import type { Signer } from './signer.ts';

/** Who says that a document is what was written. */
export interface Signature {
  /** `ed25519:` and the public key, or `hmac`. */
  readonly key: string;
  /** Base64, over the same bytes as the hash. */
  readonly value: string;
}

/** The hash of a document by which an edit of its file is noticed; without a signature it proves nothing about who wrote it. */
export interface Integrity {
  /** SHA-256 of the canonical JSON of the document without its `integrity`. */
  readonly sha256: string;
  readonly signature?: Signature;
}

/** The bytes that hash and signature are over. Throws a `TypeError` for what canonical JSON has no form for. */
export function signedBytes(document: object): Buffer {
  return Buffer.from(canonicalJson({ ...document, integrity: undefined }));
}

/** The SHA-256 that a document's `integrity` has to have. Throws like `signedBytes`. */
export function integritySha256(document: object): string {
  return sha256(signedBytes(document));
}

export type Sealed<Document> = Document & { integrity: Integrity; store?: string };

/** The document with its hash; with a signer, with its signature and the store that it is for. */
export function sealed<Document extends object>(document: Document, signer?: Signer): Sealed<Document> {
  const whole = signer?.store === undefined ? document : { ...document, store: signer.store };
  const bytes = signedBytes(whole);
  const signature = signer && { key: signer.key, value: signer.sign(bytes).toString('base64') };
  return { ...whole, integrity: { sha256: sha256(bytes), ...(signature && { signature }) } };
}

/** Documents that were read are values: a reader that asks again about one that it holds pays once. */
const known = new WeakMap<object, string>();

function knownSha256(document: object): string {
  const hash = known.get(document) ?? integritySha256(document);
  known.set(document, hash);
  return hash;
}

/** What is wrong with a document's hash: none there, or of another content. `undefined` where it holds. */
export function integrityProblem(document: object): string | undefined {
  const { sha256: stored } = integrityOf(document);
  if (stored === undefined) return 'has no integrity hash';
  return stored === knownSha256(document) ? undefined : 'is not what was written: its hash does not match';
}

/** The signature that a document carries, whether it holds or not. */
export function signatureOf(document: object): Signature | undefined {
  const { signature } = integrityOf(document);
  if (typeof signature !== 'object' || signature === null) return undefined;
  const { key, value } = signature as { readonly key?: unknown; readonly value?: unknown }; // of any object
  return typeof key === 'string' && typeof value === 'string' ? { key, value } : undefined;
}

function integrityOf(document: object): { readonly sha256?: unknown; readonly signature?: unknown } {
  if (!('integrity' in document)) return {};
  const { integrity } = document;
  return typeof integrity === 'object' && integrity !== null ? integrity : {};
}
