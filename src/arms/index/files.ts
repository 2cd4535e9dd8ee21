/** The files beside `index.json`. While an index is replaced, the next ones stand beside those in force under a name with their hash. */
const partNames = ['chunks.jsonl', 'vectors.bin'] as const;

/** Hashes of an index's files, as its `index.json` has them. */
export interface PartHashes {
  /** Of the chunks. */
  readonly index_hash: string;
  readonly vectors_sha256: string;
}

export interface IndexPart {
  readonly name: (typeof partNames)[number];
  /** Its name until the index is in place: `chunks.<hash>.jsonl`. */
  readonly nameWithHash: string;
}

export function indexParts({ index_hash, vectors_sha256 }: PartHashes): readonly [IndexPart, IndexPart] {
  return [
    { name: 'chunks.jsonl', nameWithHash: `chunks.${index_hash}.jsonl` },
    { name: 'vectors.bin', nameWithHash: `vectors.${vectors_sha256}.bin` },
  ];
}

/** What stands in an index's folder: its files, and what a killed build left. */
export function isIndexFile(name: string): boolean {
  return isFinal(name) || isLeftover(name);
}

function isFinal(name: string): boolean {
  return name === 'index.json' || partNames.some((part) => part === name);
}

export function isLeftover(name: string): boolean {
  const withHash = /^(?:chunks\.[0-9a-f]{64}\.jsonl|vectors\.[0-9a-f]{64}\.bin)$/u;
  const half = /^\.(?:chunks|vectors|index)\.[0-9a-z.]*\.[0-9a-f]{8}\.tmp$/u;
  return withHash.test(name) || half.test(name);
}
