/** Takes every known secret out of a text; a text without one comes back as it is. */
export type Redact = (text: string) => string;

/** What stands where a secret stood. */
export const redactionMark = '[redacted]';

/** Values shorter than this are not looked for: they would turn up in every text, and hide nothing. */
export const shortestSecret = 4;

/** A piece of base64 that does not depend on what stands around the secret, and whether the character before and after it carries some of its bits. */
interface Base64Core {
  readonly text: string;
  readonly sharedBefore: boolean;
  readonly sharedAfter: boolean;
}

interface Form {
  readonly length: number;
  readonly pattern: string;
}

type Interval = readonly [start: number, end: number];

/**
 * Compiles secrets into one expression. Each is found as it is, URL-encoded (every mixture of encoded and plain characters), and in base64,
 * standard and url-safe, padded or not, also within a longer base64 text at any of the three alignments. Overlapping finds are taken out as
 * one. Secrets shorter than `shortestSecret` characters are left alone. Time is linear in the text.
 */
export function createRedactor(secrets: readonly string[]): Redact {
  const wanted = [...new Set(secrets)].filter(
    (secret) => secret.length >= shortestSecret && !redactionMark.includes(secret),
  );
  if (wanted.length === 0) return (text) => text;
  const cores = wanted.flatMap(base64Cores);
  const forms: readonly Form[] = [
    ...wanted.flatMap((secret) => plainForms(secret)),
    ...cores.map((core) => ({ length: core.text.length, pattern: patternOf(core.text, base64Character) })),
  ];
  const patterns = new Set([...forms].sort((a, b) => b.length - a.length).map((form) => form.pattern));
  const expression = new RegExp([...patterns].join('|'), 'g');
  const coreByText = new Map(cores.map((core) => [core.text, core]));
  return (text) => {
    expression.lastIndex = 0;
    if (!expression.test(text)) return text;
    return takeOut(text, findAll(text, expression, coreByText));
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

function plainForms(secret: string): readonly Form[] {
  const inJson = JSON.stringify(secret).slice(1, -1);
  const texts = inJson === secret ? [secret] : [secret, inJson];
  return texts.map((text) => ({ length: text.length, pattern: patternOf(text, urlCharacter) }));
}

/** Encoding with 0, 1 and 2 unknown bytes in front: the characters that stay the same whatever those bytes and the following ones are. */
function base64Cores(secret: string): readonly Base64Core[] {
  const bytes = Buffer.from(secret, 'utf8');
  return [0, 1, 2].flatMap((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64url');
    const sharedAfter = (before + bytes.length) % 3 !== 0;
    const text = encoded.slice(before === 0 ? 0 : before + 1, sharedAfter ? -1 : undefined);
    return text.length < shortestSecret ? [] : [{ text, sharedBefore: before !== 0, sharedAfter }];
  });
}

function patternOf(text: string, characterPattern: (character: string) => string): string {
  return Array.from(text, characterPattern).join('');
}

function urlCharacter(character: string): string {
  if (/^[A-Za-z0-9]$/.test(character)) return character;
  const alternatives = [escaped(character), percentEncoded(character), ...(character === ' ' ? ['\\+'] : [])];
  return `(?:${alternatives.join('|')})`;
}

function base64Character(character: string): string {
  if (character === '-') return '(?:[+-]|%2[Bb]|%2[Dd])';
  if (character === '_') return '(?:\\\\?/|_|%2[Ff]|%5[Ff])';
  return character;
}

function percentEncoded(character: string): string {
  const hex = Buffer.from(character, 'utf8').toString('hex');
  const digits = Array.from(hex, (digit) =>
    /[a-f]/.test(digit) ? `[${digit}${digit.toUpperCase()}]` : digit,
  );
  return digits.map((digit, index) => (index % 2 === 0 ? `%${digit}` : digit)).join('');
}

function escaped(character: string): string {
  return character.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

/** Every find, in order of start, also those that begin within another: a secret must not survive behind a shorter one's end. */
function findAll(
  text: string,
  expression: RegExp,
  cores: ReadonlyMap<string, Base64Core>,
): readonly Interval[] {
  const intervals: Interval[] = [];
  expression.lastIndex = 0;
  for (let match = expression.exec(text); match !== null; match = expression.exec(text)) {
    const found: Interval = [match.index, expression.lastIndex];
    const core = cores.get(plainBase64(match[0]));
    append(intervals, core === undefined ? found : withShared(text, found, core));
    expression.lastIndex = match.index + 1;
  }
  return intervals;
}

function append(intervals: Interval[], [start, end]: Interval): void {
  const last = intervals.at(-1);
  if (last === undefined || start > last[1]) intervals.push([start, end]);
  else intervals[intervals.length - 1] = [Math.min(start, last[0]), Math.max(end, last[1])];
}

function plainBase64(text: string): string {
  if (!/[%+/\\]/.test(text)) return text;
  return decoded(text.replaceAll('+', '-')).replaceAll('\\/', '/').replaceAll('+', '-').replaceAll('/', '_');
}

function withShared(text: string, [start, end]: Interval, core: Base64Core): Interval {
  const isShared = (at: number): boolean => /^[A-Za-z0-9+/_-]$/.test(text.charAt(at));
  const from = core.sharedBefore && isShared(start - 1) ? start - 1 : start;
  if (!core.sharedAfter) return [from, end];
  const to = isShared(end) ? end + 1 : end;
  const padding = /^(?:=|%3[Dd]){0,2}/.exec(text.slice(to, to + 6))?.[0] ?? '';
  return [from, to + padding.length];
}

function takeOut(text: string, intervals: readonly Interval[]): string {
  let kept = '';
  let from = 0;
  for (const [start, end] of intervals) {
    kept += text.slice(from, start) + redactionMark;
    from = end;
  }
  return kept + text.slice(from);
}
