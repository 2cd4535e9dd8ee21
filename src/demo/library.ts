import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { canonicalJson, compareCodeUnits, sha256 } from '../base/canonical.ts';
import { chunkDocument, type MarkdownChunk } from '../text/markdown/chunk.ts';
import { cosineDistance } from '../scoring/semantic-distance.ts';
import type { Embedder } from '../embed/embedder.ts';
import { createLexicon, type Lexicon } from './lexicon.ts';

/** A chunk with what retrieval needs of it. */
export interface Shelved {
  readonly chunk: MarkdownChunk;
  readonly vector: Float32Array;
  /** Its place in `chunks`. */
  readonly position: number;
}

export interface Candidate extends Shelved {
  /** Cosine similarity with the question. */
  readonly similarity: number;
}

/** A folder of documents, chunked and embedded. */
export interface Library {
  /** Over the chunks: another document, another hash. */
  readonly indexHash: string;
  readonly lexicon: Lexicon;
  /** The nearest chunks by cosine, nearest first, by exact search. */
  nearest(question: Float32Array, count: number): readonly Candidate[];
  /** A section's chunks in the order of the document. */
  readonly section: (chunk: MarkdownChunk) => readonly MarkdownChunk[];
}

/** Reads, chunks and embeds the Markdown files of a folder. What is embedded of a chunk is exactly its text. */
export async function openLibrary(folder: string, embedder: Embedder): Promise<Library> {
  const chunks = await chunksOf(folder);
  const vectors = await embedder.embed(chunks.map(({ text }) => text));
  const shelved = chunks.flatMap((chunk, position) => {
    const vector = vectors[position];
    return vector === undefined ? [] : [{ chunk, vector, position }];
  });
  const bySection = groupBySection(chunks);
  return {
    indexHash: sha256(canonicalJson(chunks)),
    lexicon: createLexicon(chunks.map(({ text }) => text)),
    nearest: (question, count) =>
      shelved
        .map((one) => ({ ...one, similarity: 1 - (cosineDistance(question, one.vector) ?? 1) }))
        .sort((a, b) => b.similarity - a.similarity || a.position - b.position)
        .slice(0, count),
    section: (chunk) => bySection.get(sectionKey(chunk)) ?? [],
  };
}

async function chunksOf(folder: string): Promise<readonly MarkdownChunk[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.md')).sort(compareCodeUnits);
  const perFile = await Promise.all(
    names.map(async (name) =>
      chunkDocument({
        text: await readFile(path.join(folder, name), 'utf8'),
        sourceUrl: `${path.basename(folder)}/${name}`,
      }),
    ),
  );
  return perFile.flat();
}

function sectionKey({ source_url, section_id }: MarkdownChunk): string {
  return `${source_url}#${section_id}`;
}

function groupBySection(chunks: readonly MarkdownChunk[]): Map<string, MarkdownChunk[]> {
  const groups = new Map<string, MarkdownChunk[]>();
  for (const chunk of chunks) {
    const key = sectionKey(chunk);
    groups.set(key, [...(groups.get(key) ?? []), chunk]);
  }
  return groups;
}
