import type { TextEmbedder } from '../../../src/arms/context.ts';

/** An embedder whose vectors count words by a hash: texts that share words are near. Counts the texts it was given. */
export function wordEmbedder(): TextEmbedder & { readonly embedded: string[] } {
  const embedded: string[] = [];
  return {
    embedded,
    identity: async () => ({ id: 'words@1' }),
    embed: async (texts, options) => {
      options?.signal?.throwIfAborted();
      embedded.push(...texts);
      return texts.map(vectorOf);
    },
  };
}

function vectorOf(text: string): Float32Array {
  const vector = new Float32Array(64);
  for (const word of text.toLowerCase().match(/[a-z]+/g) ?? []) {
    const hash = Array.from(word).reduce((sum, character) => (sum * 31 + character.charCodeAt(0)) % 9973, 7);
    vector[hash % 64] = (vector[hash % 64] ?? 0) + 1;
  }
  const length = Math.hypot(...vector) || 1;
  return vector.map((value) => value / length);
}
