import path from 'node:path';
import { sha256 } from '../../base/canonical.ts';
import { messageOf, UserError } from '../../base/errors.ts';
import type { Snippet, Versions } from '../../scoring/answer.ts';
import type { Arm } from '../arm.ts';
import type { ArmContext, TextEmbedder } from '../context.ts';
import type { IndexSettings } from './settings.ts';
import { embeddedText, indexHash, readIndex } from './format.ts';
import type { IndexChunk, Index } from './format.ts';
import { parseResponse } from '../response/parse-response.ts';
import { packVectors, search } from './vector-search.ts';
import type { VectorBlock } from './vector-search.ts';

/** Snippets for a question, nearest first, and the seconds that embedding and searching took; or why there are none. */
export type IndexRetrieval =
  | { readonly snippets: readonly Snippet[]; readonly seconds: number }
  | { readonly fault: string };

export interface Retriever {
  retrieve(question: string, signal: AbortSignal): Promise<IndexRetrieval>;
  /** INDEX_HASH over the chunks in their order, EMBED_SCHEMA the embedder's id. */
  readonly versions: Versions;
}

/** Opens an index as an arm of its own: retrieval only. */
export async function openIndex(settings: IndexSettings, context: ArmContext): Promise<Arm> {
  const retriever = await openRetriever(settings, context);
  const versions: Versions = {
    ...retriever.versions,
    RERANK_CONF: 'none',
    PROMPT_VER: 'none',
    MODEL_VER: 'none',
  };
  return {
    name: context.name,
    kind: settings.kind,
    ask: async ({ question }, { signal }) => {
      const sent = context.clock.monotonic();
      const retrieval = await retriever.retrieve(question, signal);
      if ('fault' in retrieval) return { outcome: 'network', message: retrieval.fault };
      const parsed = parseResponse(
        { retrieved: retrieval.snippets, stages: { retrieve: retrieval.seconds }, versions },
        context.redact,
      );
      if (!parsed.ok) return { outcome: 'shape', message: parsed.message };
      return {
        outcome: 'ok',
        timing: { sent, received: sent + retrieval.seconds },
        response: parsed.response,
        findings: parsed.findings,
      };
    },
    versions: async () => versions,
    close: async () => undefined,
  };
}

/**
 * Reads an index and has its vectors at hand: those it ships when the configured embedder made them, otherwise the embedder's own. Exact
 * search by cosine over all chunks. Throws a `UserError` for an index that cannot be read or is empty, and without an embedder.
 */
export async function openRetriever(
  settings: { readonly index: string; readonly topK: number },
  context: ArmContext,
): Promise<Retriever> {
  const file = path.resolve(context.workingDirectory, settings.index);
  const index = await readIndex(file);
  if (index.chunks.length === 0)
    throw new UserError(`index "${file}" of arm "${context.name}" has no chunks`);
  if (context.openEmbedder === undefined)
    throw new UserError(`arm "${context.name}" searches an index and needs an embedder`);
  const embedder = await context.openEmbedder();
  const { id } = await embedder.identity();
  const block = await vectorsOf(index, embedder, id);
  const versions = { INDEX_HASH: indexHash(index.chunks), EMBED_SCHEMA: id.length <= 128 ? id : sha256(id) };
  return {
    versions,
    retrieve: async (question, signal) => {
      const started = context.clock.monotonic();
      const vector = await questionVector(question, { embedder, signal, context });
      if (typeof vector === 'string') return { fault: vector };
      const snippets = search(block, vector, settings.topK).flatMap(({ position, score }) =>
        snippetOf(index.chunks[position], score),
      );
      return { snippets, seconds: context.clock.monotonic() - started };
    },
  };
}

interface QuestionPlace {
  readonly embedder: TextEmbedder;
  readonly signal: AbortSignal;
  readonly context: ArmContext;
}

async function questionVector(
  question: string,
  { embedder, signal, context }: QuestionPlace,
): Promise<Float32Array | string> {
  try {
    const [vector] = await embedder.embed([question], { signal });
    return vector ?? 'the embedder gave no vector';
  } catch (error) {
    return context.redact(
      signal.aborted
        ? 'given up before the question was embedded'
        : `the question could not be embedded: ${messageOf(error)}`,
    );
  }
}

async function vectorsOf(index: Index, embedder: TextEmbedder, embedderId: string): Promise<VectorBlock> {
  if (index.vectors !== undefined && index.header?.embedder.id === embedderId)
    return packVectors(index.vectors);
  return packVectors(await embedder.embed(index.chunks.map(embeddedText)));
}

function snippetOf(chunk: IndexChunk | undefined, score: number): readonly Snippet[] {
  if (chunk === undefined) return [];
  const { snippet_id, section_id, source_url, offsets, tokens, text } = chunk;
  return [{ text, score, ...defined({ snippet_id, section_id, source_url, offsets, tokens }) }];
}

function defined<T extends object>(value: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as {
    [Key in keyof T]?: Exclude<T[Key], undefined>;
  }; // what was left out was undefined
}
