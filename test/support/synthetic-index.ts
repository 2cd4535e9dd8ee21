import { indexFiles, type IndexFiles } from '../../src/arms/index/format.ts';

/** An index of three chunks that tell its version. */
export function syntheticIndex(version: number): IndexFiles {
  const chunks = [1, 2, 3].map((chunk) => ({ snippet_id: `S${chunk}`, text: `version ${version}` }));
  return indexFiles({
    chunks,
    vectors: chunks.map((_, position) => Float32Array.of(version, position)),
    createdFrom: { prefix: '', documents: [] },
    embedder: { id: 'test', dimensions: 2, pooling: 'mean', window: 8 },
  });
}
