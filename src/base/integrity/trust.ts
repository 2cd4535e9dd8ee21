import { signedBytes, signatureOf } from './sealed.ts';
import type { Verifier } from './signer.ts';

/** Whose signatures a reader goes by. */
export interface Trust {
  /** What is wrong with who signed a document: "is not signed". `undefined` where it may be read. */
  problem(document: object): string | undefined;
  /** Whether a trusted key has signed exactly this, for this store. */
  isSigned(document: object): boolean;
}

export interface TrustOptions {
  readonly verifiers: readonly Verifier[];
  /** Whether what is not signed by a trusted key counts for nothing. */
  readonly isRequired: boolean;
  /** The store that documents have to be signed for. */
  readonly store?: string | undefined;
}

/** Reads what is signed and what is not. */
export const trustsAnybody: Trust = trustOf({ verifiers: [], isRequired: false });

type Signed =
  | { readonly is: 'signed' }
  | { readonly is: 'unsigned' | 'unknown' | 'wrong'; readonly problem: string };

/** Documents are values: about one that a reader holds it asks once. */
export function trustOf({ verifiers, isRequired, store }: TrustOptions): Trust {
  const known = new WeakMap<object, Signed>();
  const keys = new Map(verifiers.map((verifier) => [verifier.key, verifier]));
  const look = (document: object): Signed => {
    const found = known.get(document) ?? checked(document, keys, store);
    known.set(document, found);
    return found;
  };
  return {
    isSigned: (document) => look(document).is === 'signed',
    problem(document) {
      const found = look(document);
      if (found.is === 'signed') return undefined;
      return isRequired || found.is === 'wrong' ? found.problem : undefined;
    },
  };
}

function checked(document: object, keys: ReadonlyMap<string, Verifier>, store: string | undefined): Signed {
  const signature = signatureOf(document);
  if (signature === undefined) return { is: 'unsigned', problem: 'is not signed' };
  const verifier = keys.get(signature.key);
  if (verifier === undefined)
    return { is: 'unknown', problem: `is signed by a key that is not trusted: ${signature.key}` };
  if (!verifier.verify(signedBytes(document), Buffer.from(signature.value, 'base64')))
    return { is: 'wrong', problem: 'is not what was signed' };
  const of = 'store' in document ? document.store : undefined;
  if (of === store) return { is: 'signed' };
  const name = (id: unknown): string => (typeof id === 'string' ? `store "${id}"` : 'no store');
  return { is: 'wrong', problem: `is signed for ${name(of)}, this is ${name(store)}` };
}
