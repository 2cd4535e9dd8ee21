import { formsOf } from './secrets/forms.ts';
import { SecretScanner, windowSize, type Span } from './secrets/scan.ts';

/** Takes every known secret out of a text; a text without one comes back as it is. */
export type Redact = (text: string) => string;

/** What stands where a secret stood. */
export const redactionMark = '[redacted]';

/** Values shorter than this are not looked for: they would turn up in every text, and hide nothing. */
export const shortestSecret = 4;

/**
 * Finds secrets in texts and puts the mark in their place. Each is found as it is and however it is encoded: percent-encoded (any mixture, either case,
 * twice), with JSON's escapes (also within JSON) and HTML's, in hex, in base64, standard and url-safe, in lines or not, also within a longer base64
 * text at any of the three alignments. Finds that touch are taken out as one. Secrets shorter than `shortestSecret` characters are left alone. Time is
 * linear in the text; one that is made to take longer comes back as nothing but the mark.
 */
export function createRedactor(secrets: readonly string[]): Redact {
  const wanted = [...new Set(secrets)].filter(
    (secret) => secret.length >= shortestSecret && !redactionMark.includes(secret),
  );
  const forms = wanted.flatMap(formsOf).filter(({ units }) => units.length >= windowSize);
  if (forms.length === 0) return (text) => text;
  const scanner = new SecretScanner(forms);
  return (text) => {
    const found = scanner.find(text);
    if (found === undefined) return redactionMark;
    return found.length === 0 ? text : takeOut(text, found);
  };
}

/** The same JSON value with every string in it redacted, keys too. Values of other types come back as they are. */
export function redactDeep(value: unknown, redact: Redact): unknown {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map((item: unknown) => redactDeep(item, redact));
  if (typeof value !== 'object' || value === null) return value;
  // fromEntries defines members, so that a key named __proto__ stays a key.
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [redact(key), redactDeep(member, redact)]),
  );
}

/** The secrets of a URL: user, password and query values, as written and decoded. Nothing for what is no absolute URL; placeholders `{{…}}` are no secrets. */
export function secretsOfUrl(url: string): readonly string[] {
  if (!URL.canParse(url)) return [];
  const parsed = new URL(url);
  const query = parsed.search
    .slice(1)
    .split('&')
    .map((pair) => pair.slice(pair.indexOf('=') + 1));
  const written = [parsed.username, parsed.password, ...query, ...parsed.searchParams.values()];
  return distinct(
    written.flatMap((value) => [value, decoded(value)]).filter((value) => !/\{\{.*\}\}/.test(value)),
  );
}

/**
 * The secrets of a configured header: its value and, where it has the form `<scheme> <credentials>`, the credentials; for `Basic` also the
 * decoded pair and password; for `Cookie` each value. None for `accept` and `content-type`.
 */
export function secretsOfHeader(name: string, value: string): readonly string[] {
  const lowerName = name.toLowerCase();
  if (lowerName === 'accept' || lowerName === 'content-type') return [];
  const found = [value, value.trim()];
  const [, scheme, credentials] = /^([!#$%&'*+.^_`|~\w-]+)\s+(\S.*)$/.exec(value.trim()) ?? [];
  if (credentials !== undefined) found.push(credentials);
  if (credentials !== undefined && scheme?.toLowerCase() === 'basic')
    found.push(...secretsOfBasic(credentials));
  if (lowerName === 'cookie')
    found.push(...value.split(';').map((pair) => pair.slice(pair.indexOf('=') + 1).trim()));
  return distinct(found);
}

function secretsOfBasic(credentials: string): readonly string[] {
  const pair = Buffer.from(credentials, 'base64').toString('utf8');
  return [pair, pair.slice(pair.indexOf(':') + 1)];
}

function distinct(values: readonly string[]): readonly string[] {
  return [...new Set(values)].filter((value) => value !== '');
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value.replaceAll('+', ' '));
  } catch {
    return value;
  }
}

function takeOut(text: string, intervals: readonly Span[]): string {
  let kept = '';
  let from = 0;
  for (const [start, end] of intervals) {
    kept += text.slice(from, start) + redactionMark;
    from = end;
  }
  return kept + text.slice(from);
}
