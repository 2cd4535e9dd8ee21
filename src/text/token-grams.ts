import { eachTokenText } from './tokens.ts';

/** Runs of consecutive tokens of some token lists, ready to be found in other texts. */
export interface TokenGrams {
  /** The grams of a list, by the place of their first token; `size` tokens each. */
  readonly lists: readonly { readonly size: number; readonly grams: readonly number[] }[];
  /** Adds to `found` the grams that occur in the text as consecutive tokens. Linear in the text. */
  findIn(text: string, found: Set<number>): void;
}

/** Grams of min(5, length) tokens of each list, indexed together in a trie. Linear in the tokens. */
export function tokenGrams(lists: readonly (readonly string[])[]): TokenGrams {
  const trie = createTrie();
  const indexed = lists.map((tokens) => {
    const size = Math.min(5, tokens.length);
    const count = size === 0 ? 0 : tokens.length - size + 1;
    return {
      size,
      grams: Array.from({ length: count }, (_, start) => trie.insert(tokens, start, start + size)),
    };
  });
  return { lists: indexed, findIn: (text, found) => findIn(trie, text, found) };
}

interface Trie {
  insert(tokens: readonly string[], start: number, end: number): number;
  next(node: number, token: string): number | undefined;
}

function createTrie(): Trie {
  const ids = new Map<string, number>();
  const edges = new Map<number, number>();
  // Nodes and token ids stay far below 2^26 each, so an edge is one exact number.
  const edge = (node: number, id: number): number => node * 2 ** 26 + id;
  const insertOne = (node: number, token: string): number => {
    const id = ids.get(token) ?? ids.size;
    ids.set(token, id);
    const known = edges.get(edge(node, id));
    if (known !== undefined) return known;
    edges.set(edge(node, id), edges.size + 1);
    return edges.size;
  };
  return {
    insert(tokens, start, end) {
      let node = 0;
      for (let index = start; index < end; index += 1) node = insertOne(node, tokens[index] ?? '');
      return node;
    },
    next(node, token) {
      const id = ids.get(token);
      return id === undefined ? undefined : edges.get(edge(node, id));
    },
  };
}

/** Follows all grams that are begun at once: never more than five, for no gram is longer. */
function findIn(trie: Trie, text: string, found: Set<number>): void {
  let active: number[] = [];
  eachTokenText(text, (token) => {
    const reached: number[] = [];
    for (const node of [0, ...active]) {
      const next = trie.next(node, token);
      if (next === undefined) continue;
      reached.push(next);
      found.add(next);
    }
    active = reached;
  });
}
