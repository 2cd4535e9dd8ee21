import type * as z from 'zod';
import { UserError } from '../base/errors.ts';
import { nearestName } from '../text/nearest.ts';
import { createRedactor } from '../base/redact.ts';
import type { ParsedText, Path } from './parse.ts';
import { secretsOf } from './secrets.ts';

type Issue = z.core.$ZodIssue;

/** What was checked: the text it stands in, where in it, and by which schema. */
export interface Checked {
  readonly parsed: ParsedText;
  readonly prefix: Path;
  readonly schema: z.ZodType;
}

/** Turns what a schema found into one `UserError` with a line a problem: where, what was found, what was expected. */
export function problemsError(issues: readonly Issue[], { parsed, prefix, schema }: Checked): UserError {
  const redact = createRedactor(secretsOf(parsed.value, []));
  const sentences = issues.slice(0, 10).map((issue) => redact(sentenceOf(issue, parsed, prefix)));
  const more = issues.length > 10 ? [`and ${issues.length - 10} more`] : [];
  const hint = issues.map((issue) => hintOf(issue, schema)).find((text) => text !== undefined);
  return new UserError([...sentences, ...more].join('\n'), hint === undefined ? {} : { hint });
}

function sentenceOf(issue: Issue, parsed: ParsedText, prefix: Path): string {
  const path = [...prefix, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys
      .map((key) => `${parsed.where([...path, key])}: key "${dotted([...path, key])}" is not known`)
      .join('\n');
  }
  if (issue.code === 'invalid_key') {
    return `${parsed.where(path)}: "${dotted(path)}" has no name that can be used: expected lower-case letters, digits and hyphens, at most 40`;
  }
  const found = valueAt(parsed.value, path);
  const shown = found === undefined ? 'is missing' : `is ${show(found)}`;
  return `${parsed.where(path)}: "${dotted(path)}" ${shown}: ${expectationOf(issue)}`;
}

function expectationOf(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${article(issue.expected)}`;
    case 'too_small':
      return `expected ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}${unitOf(issue.origin)}`;
    case 'too_big':
      return `expected ${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}${unitOf(issue.origin)}`;
    case 'invalid_value':
      return `expected ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}`;
    case 'invalid_format':
      return issue.format === 'regex'
        ? `expected a text of the form ${issue.pattern ?? ''}`
        : `expected ${article(issue.format)}`;
    default:
      return issue.message.slice(0, 1).toLowerCase() + issue.message.slice(1);
  }
}

function unitOf(origin: string): string {
  if (origin === 'string') return ' characters';
  return origin === 'array' ? ' items' : '';
}

function article(noun: string): string {
  if (noun === 'int') return 'a whole number';
  if (noun === 'url') return 'a URL';
  if (noun === 'record') return 'a map of keys';
  return `${/^[aeiou]/u.test(noun) ? 'an' : 'a'} ${noun}`;
}

function hintOf(issue: Issue, schema: z.ZodType): string | undefined {
  if (issue.code !== 'unrecognized_keys') return undefined;
  const known = knownKeys(schema, issue.path);
  const near = issue.keys.map((key) => nearestName(key, known)).find((name) => name !== undefined);
  if (near !== undefined) return `did you mean "${near}"?`;
  return known.length === 0 ? undefined : `known keys: ${known.join(', ')}`;
}

/** What can stand in a schema's definition, as far as the way to an object's keys needs it. */
interface Definition {
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly innerType?: z.ZodType;
  readonly in?: z.ZodType;
  readonly valueType?: z.ZodType;
  readonly element?: z.ZodType;
}

function knownKeys(schema: z.ZodType | undefined, path: Path): readonly string[] {
  if (schema === undefined) return [];
  const { shape, innerType, in: input, valueType, element } = schema.def as unknown as Definition; // zod's own type is a union of them all
  const wrapped = innerType ?? input;
  if (wrapped !== undefined) return knownKeys(wrapped, path);
  const [key, ...rest] = path;
  if (key === undefined) return Object.keys(shape ?? {});
  return knownKeys(shape?.[String(key)] ?? valueType ?? element, rest);
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (here, key) =>
      typeof here === 'object' && here !== null ? (here as Record<PropertyKey, unknown>)[key] : undefined,
    value,
  );
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function dotted(path: Path): string {
  return path.map(String).join('.');
}
