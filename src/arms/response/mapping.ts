import { compile, TreeInterpreter } from '@jmespath-community/jmespath';
import { messageOf, UserError } from '../../base/errors.ts';
import { responseFields } from './response-mapping.ts';
import type { ResponseField, ResponseMapping } from './response-mapping.ts';

type Mapped =
  | { readonly ok: true; readonly value: unknown }
  /** `said`: the arm's own words about what went wrong. */
  | { readonly ok: false; readonly message: string; readonly said?: true };

/** Turns a foreign response into the contract's shape, unchecked: `parseResponse` comes after it. */
export type MapResponse = (value: unknown) => Mapped;

type Finder = {
  readonly field: ResponseField;
  readonly find: (value: unknown) => unknown;
  readonly mustFind: boolean;
};

/**
 * Compiles the expressions of a mapping once; without one, responses pass as they are. A field without an expression is read under its own
 * name. An expression for `answer` or `retrieved` that finds nothing is a fault; elsewhere the field is absent. Throws a `UserError` for an
 * expression that does not parse or calls an unknown function.
 */
export function compileMapping(mapping: ResponseMapping | undefined, arm: string): MapResponse {
  if (mapping === undefined) return (value) => ({ ok: true, value });
  const finders = responseFields.flatMap((field) => finderOf(field, mapping[field], arm));
  const errorIn = errorFinder(mapping.error, arm);
  return (value) => errorIn(value) ?? mapAll(value, finders);
}

/** In characters: what is told of an error. */
const longestError = 300;

/** Finds what an arm says went wrong in a response whose status says that nothing did. */
function errorFinder(
  expression: string | null | undefined,
  arm: string,
): (value: unknown) => Extract<Mapped, { ok: false }> | undefined {
  if (expression === null || expression === undefined) return () => undefined;
  const find = searcher(expression, `response.error of arm "${arm}"`);
  return (value) => {
    try {
      const found = find(value);
      if (isNothing(found)) return undefined;
      const text = typeof found === 'string' ? found : JSON.stringify(found);
      return { ok: false, said: true, message: `the response says: ${text.slice(0, longestError)}` };
    } catch {
      return { ok: false, message: 'the expression for error failed on this response' };
    }
  };
}

/** What JMESPath calls false, and 0: the usual code of no error. */
function isNothing(value: unknown): boolean {
  if (value === null || value === undefined || value === false || value === '' || value === 0) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

function mapAll(value: unknown, finders: readonly Finder[]): Mapped {
  const mapped: Partial<Record<ResponseField, unknown>> = {};
  for (const { field, find, mustFind } of finders) {
    try {
      mapped[field] = find(value);
    } catch {
      return { ok: false, message: `the expression for ${field} failed on this response` };
    }
    if (mustFind && (mapped[field] ?? null) === null)
      return { ok: false, message: `the expression for ${field} found nothing` };
  }
  return { ok: true, value: mapped };
}

function finderOf(
  field: ResponseField,
  expression: string | null | undefined,
  arm: string,
): readonly Finder[] {
  if (expression === null) return [];
  if (expression === undefined) return [{ field, find: (value) => ownMember(value, field), mustFind: false }];
  const find = searcher(expression, `response.${field} of arm "${arm}"`);
  return [{ field, find, mustFind: field === 'answer' || field === 'retrieved' }];
}

function searcher(expression: string, where: string): (value: unknown) => unknown {
  const node = compiled(expression, where);
  // The library's type for JSON cannot be shown to hold for what JSON.parse returned.
  return (value) => TreeInterpreter.search(node, value as Parameters<typeof TreeInterpreter.search>[1]);
}

function ownMember(value: unknown, field: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, field)) return undefined;
  return (value as Record<string, unknown>)[field]; // just seen to be there
}

function compiled(expression: string, where: string): ReturnType<typeof compile> {
  try {
    const node = compile(expression);
    rejectUnknownFunctions(node);
    return node;
  } catch (error) {
    throw new UserError(`${where} is no JMESPath expression: "${expression}"`, {
      hint: messageOf(error),
      cause: error,
    });
  }
}

/** The library finds an unknown function only when it is called: then it would be a fault of every answer. */
function rejectUnknownFunctions(node: unknown): void {
  if (typeof node !== 'object' || node === null) return;
  const members = node as Readonly<Record<string, unknown>>; // a syntax tree: plain objects and lists
  if (
    members['type'] === 'Function' &&
    !(String(members['name']) in TreeInterpreter.runtime._functionTable)
  ) {
    throw new Error(`there is no function "${String(members['name'])}"`);
  }
  for (const member of Object.values(members)) rejectUnknownFunctions(member);
}
