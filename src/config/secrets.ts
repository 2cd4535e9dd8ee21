import { isPrivatePem } from '../base/integrity/keys.ts';
import { secretsOfHeader, secretsOfUrl } from '../base/redact.ts';
import type { UsedVariable } from './interpolate.ts';
import type { Path } from './parse.ts';

const urlKeys: ReadonlySet<PropertyKey> = new Set(['url', 'baseUrl', 'versionsUrl']);
/** Places whose values are public by nature: paths, names and the version fields that every record shows. */
const publicKeys: ReadonlySet<PropertyKey> = new Set([
  'pins',
  'gold',
  'corpus',
  'store',
  'cache',
  'baseline',
  'candidate',
  'kind',
  'extends',
  'trusted',
  'hmac',
  'seen',
  'storeMode',
]);
const pathKeys: ReadonlySet<PropertyKey> = new Set([
  'index',
  'prompt',
  'module',
  'file',
  'path',
  'record',
  'workingDirectory',
  'model',
]);
const shortestSecret = 8;

/**
 * What must be redacted everywhere: the values of configured headers, user info and query values of URLs, and environment values of 8
 * characters or more unless they are a scheme, a host or a path.
 */
export function secretsOf(value: unknown, used: readonly UsedVariable[]): readonly string[] {
  const found = new Set<string>();
  collect(value, [], found);
  for (const variable of used) if (isSecret(variable)) found.add(variable.value);
  return [...found].filter((secret) => secret.length > 0);
}

function collect(value: unknown, path: Path, found: Set<string>): void {
  if (typeof value === 'string') return collectText(value, path, found);
  if (typeof value !== 'object' || value === null) return;
  for (const [key, member] of Object.entries(value)) collect(member, [...path, key], found);
}

function collectText(text: string, path: Path, found: Set<string>): void {
  const key = path.at(-1) ?? '';
  if (path.at(-2) === 'headers') for (const secret of secretsOfHeader(String(key), text)) found.add(secret);
  if (key === 'apiKey') found.add(text);
  if (urlKeys.has(key)) for (const secret of secretsOfUrl(text)) found.add(secret);
}

function isSecret({ value, path }: UsedVariable): boolean {
  if (value.length < shortestSecret || path.some((key) => publicKeys.has(key))) return false;
  const key = path.at(-1) ?? '';
  if (path[0] === 'signing') return isPrivatePem(value);
  if (urlKeys.has(key) || /^https?:\/\//u.test(value)) return false;
  return !pathKeys.has(key);
}
