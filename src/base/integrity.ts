import { canonicalJson, sha256 } from './canonical.ts';

/** The hash of a document by which an edit of its file is noticed; without a signature it proves nothing about who wrote it. */
export interface Integrity {
  /** SHA-256 of the canonical JSON of the document without its `integrity`. */
  readonly sha256: string;
}

/** The SHA-256 that a document's `integrity` has to have. Throws a `TypeError` for what canonical JSON has no form for. */
export function integritySha256(document: object): string {
  return sha256(canonicalJson({ ...document, integrity: undefined }));
}

/** The document with its hash. */
export function sealed<Document extends object>(document: Document): Document & { integrity: Integrity } {
  return { ...document, integrity: { sha256: integritySha256(document) } };
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
  const stored = storedSha256(document);
  if (stored === undefined) return 'has no integrity hash';
  return stored === knownSha256(document) ? undefined : 'is not what was written: its hash does not match';
}

function storedSha256(document: object): unknown {
  if (!('integrity' in document)) return undefined;
  const { integrity } = document;
  if (typeof integrity !== 'object' || integrity === null || !('sha256' in integrity)) return undefined;
  return integrity.sha256;
}
