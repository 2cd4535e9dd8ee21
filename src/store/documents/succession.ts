import type { Integrity } from '../../base/integrity/sealed.ts';

/** Of documents that take each other's place: readers that have seen a later one do not go back to one before. */
export interface Succession {
  readonly sequence: number;
  readonly previous?: string;
}

/**
 * What the next document is. The sequence is the time in milliseconds since 1970, and always more than the one before: it goes on where a store was
 * lost and begun anew.
 */
export function successionTo(
  before: { readonly sequence?: number; readonly integrity?: Integrity } | undefined,
  at: string,
): Succession {
  const previous = before?.integrity?.sha256;
  return {
    sequence: Math.max(Date.parse(at), (before?.sequence ?? 0) + 1),
    ...(previous === undefined ? {} : { previous }),
  };
}
