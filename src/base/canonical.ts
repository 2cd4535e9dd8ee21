import { createHash, hash } from 'node:crypto';

/**
 * Canonical JSON: compact, keys sorted by code unit, strings and keys in Unicode NFC; `undefined` members are left out.
 * Throws a `TypeError` for NaN, infinities and what JSON has no form for.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.normalize('NFC'));
  if (typeof value === 'boolean' || value === null) return String(value);
  if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item: unknown) => canonicalJson(item ?? null)).join(',')}]`;
  if (typeof value === 'object') return canonicalObject(value);
  throw new TypeError(`canonical JSON has no form for a ${typeof value}`);
}

function canonicalObject(value: object): string {
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .map(([key, member]) => [key.normalize('NFC'), member as unknown] as const)
    .sort(([a], [b]) => compareCodeUnits(a, b));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`).join(',')}}`;
}

/** Order by UTF-16 code units: the same on every machine and in every locale. */
export function compareCodeUnits(a: string, b: string): number {
  if (a < b) return -1;
  return a > b ? 1 : 0;
}

/** SHA-256 of bytes or of a text's UTF-8 form, in lower-case hex. */
export function sha256(content: string | Uint8Array): string {
  return hash('sha256', content, 'hex');
}

/** The canonical JSON of an array in pieces, one an item: for arrays whose whole text is too much to hold. */
export function* canonicalArrayParts(items: Iterable<unknown>): Generator<string> {
  let before = '[';
  for (const item of items) {
    yield before + canonicalJson(item ?? null);
    before = ',';
  }
  yield before === '[' ? '[]' : ']';
}

/** SHA-256 of texts one after the other, in lower-case hex; the whole never stands in memory. */
export function sha256OfParts(parts: Iterable<string>): string {
  const running = createHash('sha256');
  for (const part of parts) running.update(part);
  return running.digest('hex');
}
