import { UserError } from '../base/errors.ts';
import { nearestName } from '../text/nearest.ts';
import type { AskRequest } from './arm.ts';

/** What a placeholder can stand for. */
const variables = {
  question: (request) => request.question,
  question_id: (request) => request.question_id,
  phrasing: (request) => request.phrasing,
  seed: (request) => request.seed,
  idempotency_key: (request) => request.idempotency_key,
  traceparent: (request) => request.traceparent,
  trace_id: (request) => request.traceparent.split('-')[1] ?? '',
} as const satisfies Readonly<Record<string, (request: AskRequest) => string | number>>;

type Variable = keyof typeof variables;

export type FillText = (request: AskRequest) => string;
export type FillTree = (request: AskRequest) => unknown;

const placeholder = /\{\{\s*([^{}]*?)\s*\}\}/g;

/**
 * A text with placeholders, compiled. Each value goes through `encode`. Throws a `UserError` for a variable that is not known.
 * One pass: a placeholder within a value stays what it is.
 */
export function compileText(template: string, where: string, encode: (value: string) => string): FillText {
  const literals: string[] = [];
  const names: Variable[] = [];
  let from = 0;
  for (const match of template.matchAll(placeholder)) {
    literals.push(template.slice(from, match.index));
    names.push(variableOf(match[1] ?? '', where));
    from = match.index + match[0].length;
  }
  const rest = template.slice(from);
  if (names.length === 0) return () => rest;
  const [only] = names;
  if (only !== undefined && names.length === 1 && literals[0] === '' && rest === '')
    return (request) => encode(String(variables[only](request)));
  return (request) =>
    names.map((name, index) => (literals[index] ?? '') + encode(String(variables[name](request)))).join('') +
    rest;
}

/**
 * A JSON tree whose strings hold placeholders, compiled: a string that is nothing but one placeholder becomes the value with its type,
 * others are filled as text. Only values are filled, so no question can change the JSON around it.
 */
export function compileTree(tree: unknown, where: string): FillTree {
  if (typeof tree === 'string') return compileLeaf(tree, where);
  if (Array.isArray(tree)) {
    const items = tree.map((item: unknown, index) => compileTree(item, `${where}[${index}]`));
    return (request) => items.map((item) => item(request));
  }
  if (typeof tree !== 'object' || tree === null) return () => tree;
  const members = Object.entries(tree).map(
    ([key, member]) => [key, compileTree(member, `${where}.${key}`)] as const,
  );
  return (request) => Object.fromEntries(members.map(([key, member]) => [key, member(request)]));
}

function compileLeaf(template: string, where: string): FillTree {
  const whole = /^\{\{\s*([^{}]*?)\s*\}\}$/.exec(template)?.[1];
  if (whole === undefined) return compileText(template, where, (value) => value);
  const read: (request: AskRequest) => unknown = variables[variableOf(whole, where)];
  return read;
}

/** URL-encodes a value; lone surrogates, which have no encoding, become U+FFFD. */
export function encodeForUrl(value: string): string {
  if (/^[\w-]*$/.test(value)) return value;
  return encodeURIComponent(value.replace(/\p{Surrogate}/gu, '\ufffd'));
}

function variableOf(name: string, where: string): Variable {
  if (isVariable(name)) return name;
  const known = Object.keys(variables);
  const near = nearestName(name, known);
  const hint = `known: ${known.join(', ')}`;
  throw new UserError(`"{{${name}}}" in ${where} is not known`, {
    hint: near === undefined ? hint : `did you mean "{{${near}}}"? ${hint}`,
  });
}

function isVariable(name: string): name is Variable {
  return Object.hasOwn(variables, name);
}
