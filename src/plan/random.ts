/** A seeded generator: numbers in [0, 1), the same sequence for the same seed everywhere. */
export type Random = () => number;

/** Mulberry32 (Tommy Ettinger, public domain algorithm): 32 bits of state, enough for shuffles and samples. */
export function createRandom(seed: number): Random {
  let state = (seed ^ (seed / 2 ** 32)) >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The numbers 0 … `length` − 1 in a random order (Fisher–Yates). */
export function shuffledIndices(length: number, random: Random): Uint32Array {
  const indices = Uint32Array.from({ length }, (_, index) => index);
  for (let last = length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    const kept = indices[last] ?? 0;
    indices[last] = indices[other] ?? 0;
    indices[other] = kept;
  }
  return indices;
}
