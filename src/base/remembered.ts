import { LRUCache } from 'lru-cache';

/** How much is remembered: entries, characters of an entry's key, and the length of its value. */
export interface RememberedSizes {
  readonly most: number;
  readonly longest: number;
}

/** The same function of a text, for texts that come again and again: it keeps what it found, up to the sizes. */
export function remembered<Value extends { readonly length: number }>(
  compute: (text: string) => Value,
  { most, longest }: RememberedSizes,
): (text: string) => Value {
  const found = new LRUCache<string, Value>({ max: most });
  return (text) => {
    const known = found.get(text);
    if (known !== undefined) return known;
    const value = compute(text);
    if (text.length <= longest && value.length <= longest) found.set(text, value);
    return value;
  };
}
