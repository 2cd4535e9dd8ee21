/** Vectors of one length in one block of memory, each normalised. */
export interface VectorBlock {
  readonly dimensions: number;
  readonly count: number;
  readonly values: Float32Array;
}

export interface Hit {
  readonly position: number;
  /** Cosine similarity. */
  readonly score: number;
}

/** Copies vectors into one block and normalises each; a vector of zeros stays one. Throws a `RangeError` where their lengths differ. */
export function packVectors(vectors: readonly Float32Array[]): VectorBlock {
  const dimensions = vectors[0]?.length ?? 0;
  const values = new Float32Array(dimensions * vectors.length);
  vectors.forEach((vector, position) => {
    if (vector.length !== dimensions)
      throw new RangeError(`vector ${position} has ${vector.length} dimensions, not ${dimensions}`);
    values.set(normalised(vector), position * dimensions);
  });
  return { dimensions, count: vectors.length, values };
}

/** The `topK` nearest by cosine, nearest first; equal scores in the order of the block. Exact: every vector is looked at. */
export function search(block: VectorBlock, question: Float32Array, topK: number): readonly Hit[] {
  if (question.length !== block.dimensions) {
    throw new RangeError(`the question has ${question.length} dimensions, the index ${block.dimensions}`);
  }
  const wanted = normalised(question);
  const best: Hit[] = [];
  for (let position = 0; position < block.count; position += 1) {
    const score = similarity(block, position, wanted);
    const worst = best[topK - 1];
    if (worst === undefined || score > worst.score) insert(best, { position, score }, topK);
  }
  return best;
}

function similarity({ values, dimensions }: VectorBlock, position: number, question: Float32Array): number {
  let sum = 0;
  const start = position * dimensions;
  for (let axis = 0; axis < dimensions; axis += 1) sum += (values[start + axis] ?? 0) * (question[axis] ?? 0);
  return sum;
}

function insert(best: Hit[], hit: Hit, topK: number): void {
  let at = best.length;
  while (at > 0 && hit.score > (best[at - 1]?.score ?? 0)) at -= 1;
  best.splice(at, 0, hit);
  if (best.length > topK) best.pop();
}

function normalised(vector: Float32Array): Float32Array {
  let squares = 0;
  for (const value of vector) squares += value * value;
  const length = Math.sqrt(squares);
  return length === 0 || Math.abs(length - 1) < 1e-7 ? vector : vector.map((value) => value / length);
}
