import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { codeOf } from '../base/errors.ts';
import type { Embedder } from '../embed/embedder.ts';

/** Turns questions into vectors and remembers them, as a service with a query cache does. */
export interface QuestionEncoder {
  encode(question: string): Promise<Float32Array>;
  /** Embeds questions ahead of their calls. */
  warm(questions: readonly string[]): Promise<void>;
}

const remembered = 10_000;

/** `tokenise` is what a question goes through before the model sees it: the text itself in a healthy service. */
export function createQuestionEncoder(
  embedder: Embedder,
  tokenise: (question: string) => string,
): QuestionEncoder {
  const vectors = new Map<string, Promise<Float32Array>>();
  const remember = (question: string, vector: Promise<Float32Array>): Promise<Float32Array> => {
    const oldest = vectors.size < remembered ? undefined : vectors.keys().next().value;
    if (oldest !== undefined) vectors.delete(oldest);
    vectors.set(question, vector);
    vector.catch(() => vectors.delete(question));
    return vector;
  };
  const embedOne = async (question: string): Promise<Float32Array> => {
    const [vector] = await embedder.embed([tokenise(question)]);
    if (vector === undefined) throw new Error('the embedder gave no vector');
    return vector;
  };
  return {
    encode: (question) => vectors.get(question) ?? remember(question, embedOne(question)),
    async warm(questions) {
      const found = await embedder.embed(questions.map(tokenise));
      questions.forEach((question, index) => {
        const vector = found[index];
        if (vector !== undefined) void remember(question, Promise.resolve(vector));
      });
    },
  };
}

/**
 * The phrasings of `gold.jsonl` in a folder, in order; none where there is no such file. A service that is to be compared is warmed with the gold
 * questions first, or its latency would be that of its empty cache.
 */
export async function warmingQuestions(folder: string): Promise<readonly string[]> {
  const lines = await readFile(path.join(folder, 'gold.jsonl'), 'utf8').catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return '';
    throw error;
  });
  return lines.split('\n').flatMap((line) => (line.trim() === '' ? [] : phrasingsOf(JSON.parse(line))));
}

function phrasingsOf(question: unknown): readonly string[] {
  if (typeof question !== 'object' || question === null) return [];
  const asked: unknown = 'question' in question ? question.question : undefined;
  const paraphrases: unknown = 'paraphrases' in question ? question.paraphrases : undefined;
  const texts: readonly unknown[] = Array.isArray(paraphrases)
    ? [asked, ...(paraphrases as readonly unknown[])]
    : [asked]; // an array of whatever it holds
  return texts.filter((text) => typeof text === 'string');
}
