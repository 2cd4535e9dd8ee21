import type { Redact } from '../../base/redact.ts';
import type { CallFinding } from '../../scoring/answer.ts';

/** Thrown inside a parser only: what makes a response a `shape` fault. */
export class ShapeError extends Error {
  override readonly name = 'ShapeError';
}

/** Reads one response's fields: every text redacted and well-formed, every oddity noted once. */
export interface FieldReader {
  readonly findings: readonly CallFinding[];
  /** Notes something odd that is no fault; the same code and field are noted once. */
  note(code: string, field?: string): void;
  /** A text without secrets and without lone surrogates. */
  clean(text: string): string;
}

/** The reader of one response. */
export function createFieldReader(redact: Redact): FieldReader {
  const findings = new Map<string, CallFinding>();
  const note = (code: string, field?: string): void => {
    const key = `${code} ${field ?? ''}`;
    if (!findings.has(key)) findings.set(key, field === undefined ? { code } : { code, field });
  };
  return {
    get findings() {
      return [...findings.values()];
    },
    note,
    clean(text) {
      return redact(wellFormed(text, note));
    },
  };
}

function wellFormed(text: string, note: (code: string) => void): string {
  // The first test needs no knowledge of pairs and is quick on the texts that have no surrogate at all.
  if (!/[\ud800-\udfff]/.test(text)) return text;
  const replaced = text.replace(/\p{Surrogate}/gu, '\ufffd');
  if (replaced !== text) note('lone_surrogates');
  return replaced;
}

export type JsonObject = Readonly<Record<string, unknown>>;

/** Absent and null are the same: the field is not there. */
export function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}

export function readObject(value: unknown, field: string): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw wrongType(value, field, 'an object');
  return value as JsonObject; // narrowed by the line above
}

export function readList(value: unknown, field: string, limit: number): readonly unknown[] {
  if (!Array.isArray(value)) throw wrongType(value, field, 'a list');
  if (value.length > limit) throw new ShapeError(`${field} has ${value.length} entries, more than ${limit}`);
  return value;
}

export function readText(value: unknown, field: string): string {
  if (typeof value !== 'string') throw wrongType(value, field, 'a string');
  return value;
}

export function readNumber(value: unknown, field: string): number {
  if (typeof value !== 'number') throw wrongType(value, field, 'a number');
  return value;
}

export function readFlag(value: unknown, field: string): boolean {
  if (typeof value !== 'boolean') throw wrongType(value, field, 'true or false');
  return value;
}

/** A count: an integer from 0. */
export function readCount(value: unknown, field: string): number {
  const count = readNumber(value, field);
  if (!Number.isSafeInteger(count) || count < 0)
    throw new ShapeError(`${field} is not a count: an integer from 0`);
  return count;
}

export function wrongType(value: unknown, field: string, wanted: string): ShapeError {
  return new ShapeError(`${field} is ${typeName(value)}, not ${wanted}`);
}

/** The JSON type of a value with its article, never the value: it may hold a secret. */
export function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (value === undefined) return 'missing';
  if (Array.isArray(value)) return 'a list';
  const article = typeof value === 'object' ? 'an' : 'a';
  return `${article} ${typeof value}`;
}
