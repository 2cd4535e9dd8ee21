import { cosineDistance } from './semantic-distance.ts';
import { atLeast, atMost, rounded } from './thresholds.ts';

/** Largest ΔS there is: an answer whose vector has no direction agrees with none. */
const farthest = 2;

/** For each answer, in plan order: whether ΔS to the medoid is at most `limit`. `undefined` for fewer than two answers. */
export function answersAgreeing(answers: readonly Float32Array[], limit: number): boolean[] | undefined {
  return toMedoid(answers, (a, b) => cosineDistance(a, b) ?? farthest)?.map((distance) =>
    atMost(distance, limit),
  );
}

/** For each retrieved list, in plan order: whether the Jaccard overlap of its ids with the medoid list is at least `limit`. */
export function retrievalsAgreeing(
  lists: readonly ReadonlySet<string>[],
  limit: number,
): boolean[] | undefined {
  return toMedoid(lists, (a, b) => 1 - overlap(a, b))?.map((distance) => atLeast(1 - distance, limit));
}

/**
 * Distances to the medoid: the item with the smallest mean distance to the others, means rounded to 1e-6, ties to the earlier. The medoid's own
 * distance is computed like the others'.
 */
function toMedoid<Item>(
  items: readonly Item[],
  distance: (a: Item, b: Item) => number,
): number[] | undefined {
  if (items.length < 2) return undefined;
  const sums = new Float64Array(items.length);
  items.forEach((a, i) => {
    items.forEach((b, j) => {
      if (j <= i) return;
      const between = distance(a, b);
      sums[i] = (sums[i] ?? 0) + between;
      sums[j] = (sums[j] ?? 0) + between;
    });
  });
  const means = Array.from(sums, (sum) => rounded(sum / (items.length - 1)));
  const medoid = items[means.indexOf(means.reduce((least, value) => Math.min(least, value)))];
  return medoid === undefined ? undefined : items.map((item) => distance(item, medoid));
}

function overlap(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let shared = 0;
  for (const id of a) if (b.has(id)) shared += 1;
  const all = a.size + b.size - shared;
  return all === 0 ? 0 : shared / all;
}
