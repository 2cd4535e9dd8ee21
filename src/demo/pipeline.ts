import { canonicalJson, sha256 } from '../base/canonical.ts';
import type { Response, Snippet, Versions } from '../scoring/answer.ts';
import type { MarkdownChunk } from '../text/markdown/chunk.ts';
import type { Embedder } from '../embed/embedder.ts';
import { promptVersion, sentencesPerSection, writeAnswer, type DemoPrompt } from './answer-writer.ts';
import { chance } from './chance.ts';
import type { Candidate, Library } from './library.ts';
import { otherPieces } from './other-pieces.ts';
import { createQuestionEncoder } from './question-encoder.ts';
import type { Damage } from './scenarios.ts';

/** What makes one version of the service different from another. */
export interface ServiceSettings {
  readonly prompt: DemoPrompt;
  /** Weight of word overlap beside cosine in reranking. */
  readonly overlapWeight: number;
  readonly damage: Damage;
}

/** Retrieve, rerank, reason: each a real step that can be timed by its own. */
export interface Pipeline {
  /** What the replica that answers this call reports. */
  versions(ask: Ask): Versions;
  /** What was meant to be rolled out. */
  readonly pins: Versions;
  retrieve(ask: Ask): Promise<readonly Candidate[]>;
  rerank(ask: Ask, candidates: readonly Candidate[]): readonly Ranked[];
  reason(
    ask: Ask,
    ranked: readonly Ranked[],
  ): Pick<Response, 'answer' | 'citations' | 'refused' | 'tool_calls' | 'usage'>;
}

export interface PipelineParts {
  readonly library: Library;
  readonly embedder: Embedder;
  /** Questions that are embedded before the first call. */
  readonly warmWith: readonly string[];
}

export interface Ask {
  readonly question: string;
  readonly seed: number;
}

export interface Ranked extends Candidate {
  readonly score: number;
}

const candidateCount = 20;
const keptCount = 5;
/** Questions whose nearest chunk is farther than this have no answer in the documents. */
const refusalSimilarity = 0.46;
/** A second section whose score is this near to the best one's adds to the answer. */
const secondSectionMargin = 0.1;
const refusal = 'I cannot answer this question: the handbook does not cover it.';

export async function createPipeline(
  { library, embedder, warmWith }: PipelineParts,
  settings: ServiceSettings,
): Promise<Pipeline> {
  const { damage, overlapWeight } = settings;
  const tokenise = (question: string): string =>
    damage.wrongTokenizer === true ? otherPieces(question) : question;
  const encoder = createQuestionEncoder(embedder, tokenise);
  await encoder.warm(warmWith);
  const pins = pinsOf(library, (await embedder.identity()).id, settings);
  return {
    pins,
    versions: (ask) =>
      isDrifted(ask, damage) ? { ...pins, PROMPT_VER: `${promptVersion(settings.prompt)}-rc1` } : pins,
    retrieve: async ({ question }) => library.nearest(await encoder.encode(question), candidateCount),
    rerank({ question }, candidates) {
      const overlap = library.lexicon.overlapWith(tokenise(question));
      const scored = candidates.map((one) => ({
        ...one,
        score: one.similarity + overlapWeight * overlap(one.position),
      }));
      return scored.sort((a, b) => b.score - a.score || a.position - b.position).slice(0, keptCount);
    },
    reason(ask, ranked) {
      const tool_calls = toolCalls(ask, damage);
      const input_tokens = ranked.reduce((sum, { chunk }) => sum + chunk.tokens[1] - chunk.tokens[0], 0);
      const chosen =
        Math.max(0, ...ranked.map(({ similarity }) => similarity)) < refusalSimilarity
          ? []
          : chosenSections(ask, ranked, damage);
      const answer =
        chosen.length === 0 ? refusal : writeAnswer(chosen.map(library.section), settings.prompt, ask.seed);
      const citations = ranked
        .filter(({ chunk }) => chosen.some((one) => sameSection(one, chunk)))
        .map(({ chunk }) => chunk.snippet_id);
      const usage = { input_tokens, output_tokens: answer.split(/\s+/u).length };
      return { answer, refused: chosen.length === 0, citations, tool_calls, usage };
    },
  };
}

/** A snippet as the arm contract has it. */
export function snippetOf({ chunk, score }: Ranked): Snippet {
  const { snippet_id, section_id, source_url, offsets, tokens, text } = chunk;
  return { snippet_id, section_id, source_url, offsets, tokens, text, score: Math.round(score * 1e6) / 1e6 };
}

/** A chunk each of the best section and of another one about as good; with a sampler that is too warm, of any section by the seed. */
function chosenSections(
  { question, seed }: Ask,
  ranked: readonly Ranked[],
  damage: Damage,
): readonly MarkdownChunk[] {
  if (damage.samplesSections === true)
    return ranked
      .slice(Math.floor(chance('sampler', question, seed) * ranked.length))
      .slice(0, 1)
      .map(({ chunk }) => chunk);
  const [best] = ranked;
  if (best === undefined) return [];
  const second = ranked.find(({ chunk }) => !sameSection(chunk, best.chunk));
  return second !== undefined && second.score >= best.score - secondSectionMargin
    ? [best.chunk, second.chunk]
    : [best.chunk];
}

function sameSection(a: MarkdownChunk, b: MarkdownChunk): boolean {
  return a.source_url === b.source_url && a.section_id === b.section_id;
}

function toolCalls({ question }: Ask, { toolLoopShare = 0 }: Damage): NonNullable<Response['tool_calls']> {
  const search = { name: 'search', arguments: { query: question, top_k: keptCount } };
  return chance('tool loop', question) < toolLoopShare ? [search, search, search, search] : [search];
}

function isDrifted({ question, seed }: Ask, { driftShare = 0 }: Damage): boolean {
  return chance('replica', question, seed) < driftShare;
}

/** Computed from content: whoever changes documents, model, chunking, reranker, template or program changes a version. */
function pinsOf(
  library: Library,
  embedderId: string,
  { prompt, overlapWeight, damage }: ServiceSettings,
): Versions {
  const short = (value: unknown): string => sha256(canonicalJson(value)).slice(0, 16);
  return {
    INDEX_HASH: library.indexHash.slice(0, 16),
    EMBED_SCHEMA: short([embedderId, damage.wrongTokenizer === true ? 'pieces' : 'wordpiece']),
    RERANK_CONF: short(['cosine+bm25', overlapWeight, candidateCount, keptCount]),
    PROMPT_VER: promptVersion(prompt),
    MODEL_VER: short([
      'extractive',
      sentencesPerSection,
      refusalSimilarity,
      secondSectionMargin,
      damage.samplesSections === true ? 'warm' : 'greedy',
    ]),
  };
}
