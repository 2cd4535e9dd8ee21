const deepest = 64;

/**
 * What would keep a value from having one canonical form, as a phrase for people with where it is: lone surrogates, NUL characters, numbers
 * that are not finite, keys that are the same text in NFC, and nesting deeper than 64. `undefined` for a value that has one.
 */
export function oddity(value: unknown, path = '', depth = 0): string | undefined {
  const here = path === '' ? 'the item' : `"${path}"`;
  if (depth > deepest) return `the item is nested deeper than ${deepest} levels`;
  switch (typeof value) {
    case 'string':
      return textOddity(value, here);
    case 'number':
      return Number.isFinite(value) ? undefined : `${here} is ${value}, which JSON has no form for`;
    case 'boolean':
      return undefined;
    case 'object':
      return value === null ? undefined : memberOddity(value, { path, here, depth });
    default:
      return `${here} is a ${typeof value}, which JSON has no form for`;
  }
}

function textOddity(text: string, here: string): string | undefined {
  if (/\p{Cs}/u.test(text)) return `${here} holds half of a character (a lone surrogate)`;
  return text.includes('\0') ? `${here} holds a NUL character` : undefined;
}

interface Where {
  readonly path: string;
  readonly here: string;
  readonly depth: number;
}

function memberOddity(value: object, { path, here, depth }: Where): string | undefined {
  const keys = Object.keys(value);
  const odd = keys.find((key) => textOddity(key, '') !== undefined);
  if (odd !== undefined) return textOddity(odd, `a key of ${here}`);
  if (new Set(keys.map((key) => key.normalize('NFC'))).size < keys.length)
    return `${here} has two keys that are the same text in another encoding`;
  for (const [key, member] of Object.entries(value)) {
    const found = oddity(member, Array.isArray(value) ? `${path}[${key}]` : joined(path, key), depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

function joined(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}
