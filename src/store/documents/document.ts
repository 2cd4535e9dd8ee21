import type * as z from 'zod';
import { UserError, exitCodes } from '../../base/errors.ts';
import { integrityProblem, type Integrity } from '../../base/integrity/sealed.ts';
import { jsonOrUndefined } from '../../base/json.ts';

/** One kind of document in a store: what it is called, where it stands, and what is in it. */
export interface DocumentKind<Document = unknown> {
  /** Of its JSON Schema: `schemas/<name>.json`. */
  readonly name: string;
  /** What messages call it, where that is not its name. */
  readonly noun?: string | undefined;
  /** Its place in a store. */
  readonly file: string;
  /** One sentence for people. */
  readonly about: string;
  /** What stands in its `schema`; absent for lines of a file that belongs to a run. */
  readonly version?: string | undefined;
  /** Keys that it does not have pass through: a document is checked, never rebuilt. */
  readonly schema: z.ZodType<Document>;
}

/** A type without `readonly`, with its intersections as one object, and without `undefined` where a key may be absent: JSON has none. */
type Plain<Value> = unknown extends Value
  ? Value
  : Value extends object
    ? { -readonly [Key in keyof Value]: Plain<Exclude<Value[Key], undefined>> }
    : Value;

type Same<A, B> =
  (<T>() => T extends Plain<A> ? 1 : 2) extends <T>() => T extends Plain<B> ? 1 : 2 ? true : false;

/**
 * A schema of exactly this type: one with a key more, a key less or another type does not compile. For documents whose type lives in a lower
 * layer, which may not import the store; the type of every other document is inferred from its schema.
 */
export function schemaOf<Type>(): <Schema extends z.ZodType>(
  schema: Same<z.output<Schema>, Type> extends true ? Schema : { readonly notExactly: Type },
) => Schema {
  return (schema) => schema as never; // the type of the parameter is the check
}

export type ParsedDocument<Document> =
  | { readonly ok: true; readonly document: Document }
  /** `problem` goes on from the file's name: "is of flipgate.run/2, …". */
  | { readonly ok: false; readonly problem: string };

/** Reads a document's text. */
export function parseDocument<Document>(
  kind: DocumentKind<Document>,
  text: string,
): ParsedDocument<Document> {
  const value = jsonOrUndefined(text);
  const result = kind.schema.safeParse(value);
  return result.success
    ? { ok: true, document: value as Document } // as it is: what this version does not know passes through
    : { ok: false, problem: problemOf(kind, value, result.error) };
}

/** Refuses a document whose hash is not that of its content. One without a hash was written by hand, or by flipgate 0.1.0. */
export function unedited<Document extends { readonly integrity?: Integrity }>(
  parsed: ParsedDocument<Document>,
): ParsedDocument<Document> {
  if (!parsed.ok || parsed.document.integrity === undefined) return parsed;
  const problem = integrityProblem(parsed.document);
  return problem === undefined ? parsed : { ok: false, problem };
}

/** The document, where it could be read. */
export function documentIn<Document>(parsed: ParsedDocument<Document>): Document | undefined {
  return parsed.ok ? parsed.document : undefined;
}

/** A document that is there and is not what it should be. Its hint says how to get another. */
export function unreadable(file: string, problem: string, hint: string): UserError {
  return new UserError(`"${file}" ${problem}`, { hint, exitCode: exitCodes.error });
}

function problemOf(
  { name, noun = name, version }: DocumentKind,
  value: unknown,
  { issues }: z.ZodError,
): string {
  const what = `is no ${noun} that this version can read`;
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return `${what}: it is not a JSON object`;
  const found: unknown = 'schema' in value ? value.schema : undefined;
  if (version !== undefined && found !== version) {
    if (isNewer(found, version)) return `is of ${String(found)}, newer than this version reads (${version})`;
    return `${what}: its "schema" is ${JSON.stringify(found) ?? 'missing'}, and has to be "${version}"`;
  }
  const [issue] = issues;
  return issue === undefined ? what : `${what}: ${issue.path.join('.')}: ${issue.message}`;
}

/** `flipgate.run/2` against `flipgate.run/1`. */
function isNewer(found: unknown, version: string): boolean {
  const [name, number] = version.split('/');
  const [foundName, foundNumber] = typeof found === 'string' ? found.split('/') : [];
  return foundName === name && /^\d+$/u.test(foundNumber ?? '') && Number(foundNumber) > Number(number);
}
