import type { OpenAI } from 'openai';
import * as z from 'zod';
import { UserError, exitCodes, messageOf } from '../base/errors.ts';
import { pause } from '../base/pause.ts';
import { createRedactor, secretsOfUrl } from '../base/redact.ts';
import { untilAborted } from '../base/until-aborted.ts';
import { normalised } from './normalised.ts';
import { retryWait } from './service-retry.ts';

/** Embeds some texts with one request: vectors of length 1, in the order of the texts. Rejects at once when the signal is aborted. */
export type EmbedRequest = (
  texts: readonly string[],
  signal: AbortSignal | undefined,
) => Promise<readonly Float32Array[]>;

export interface EmbeddingService {
  /** Base URL with its version, as the client wants it. */
  readonly url: string;
  readonly model: string;
  readonly apiKey: string | undefined;
  readonly timeoutSeconds: number;
  readonly retries: number;
}

const responseShape = z.object({
  data: z.array(z.object({ index: z.int().min(0), embedding: z.array(z.number()).min(1) })),
});

/** Requests to one service, any number at a time. When it asks to wait, all of them do. */
export function createEmbedRequest(options: EmbeddingService): EmbedRequest {
  let client: Promise<OpenAI> | undefined;
  let resumed = Promise.resolve();
  const failure = failureOf(options);
  const attempt = async (texts: readonly string[], signal: AbortSignal): Promise<unknown> => {
    client ??= createClient(options);
    // Services refuse the empty string, and JSON has no lone surrogates.
    const input = texts.map((text) => (text === '' ? ' ' : Buffer.from(text).toString()));
    const body = { model: options.model, input, encoding_format: 'float' } as const;
    return (await client).embeddings.create(body, { signal });
  };
  const withRetries = async (texts: readonly string[], signal: AbortSignal): Promise<unknown> => {
    for (let tried = 0; ; tried += 1) {
      await resumed;
      signal.throwIfAborted();
      try {
        return await attempt(texts, signal);
      } catch (error) {
        signal.throwIfAborted();
        const wait = tried < options.retries ? retryWait(error, tried) : undefined;
        if (wait === undefined) throw failure(error);
        if (wait.all) resumed = pause(wait.seconds, signal);
        else await pause(wait.seconds, signal);
      }
    }
  };
  return async (texts, signal) => {
    const response = await untilAborted(signal, (own) => withRetries(texts, own));
    return inOrder(response, texts.length, publicUrl(options.url));
  };
}

function failureOf({ url, apiKey }: EmbeddingService): (error: unknown) => UserError {
  const redact = createRedactor([...(apiKey === undefined ? [] : [apiKey]), ...secretsOfUrl(url)]);
  return (error) =>
    new UserError(`embedding service "${publicUrl(url)}" failed: ${redact(messageOf(error))}`, {
      hint: 'check the embedder\'s "url", "model" and "apiKey" in the configuration',
      exitCode: exitCodes.error,
    });
}

async function createClient({ url, apiKey, timeoutSeconds }: EmbeddingService): Promise<OpenAI> {
  const library = await import('openai');
  const { username, password, searchParams } = new URL(url);
  const pair = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString(
    'base64',
  );
  return new library.OpenAI({
    baseURL: publicUrl(url),
    apiKey: apiKey ?? 'none',
    // Its own waits between retries hear no signal.
    maxRetries: 0,
    timeout: timeoutSeconds * 1000,
    // Left out, these two would be taken from the environment.
    organization: null,
    project: null,
    defaultQuery: Object.fromEntries(searchParams),
    defaultHeaders: username === '' && password === '' ? {} : { authorization: `Basic ${pair}` },
  });
}

/** Checks that there is one vector for each text, and puts them in the texts' order by their `index`. */
function inOrder(response: unknown, count: number, url: string): readonly Float32Array[] {
  const parsed = responseShape.safeParse(response);
  if (!parsed.success) throw unusable(url, z.prettifyError(parsed.error));
  const { data } = parsed.data;
  if (data.length !== count) throw unusable(url, `${data.length} vectors came back for ${count} texts`);
  const vectors = new Map(data.map(({ index, embedding }) => [index, normalised(embedding)]));
  return Array.from({ length: count }, (_, index) => {
    const vector = vectors.get(index);
    if (vector === undefined) throw unusable(url, `no vector has the index ${index}`);
    return vector;
  });
}

function unusable(url: string, reason: string): UserError {
  return new UserError(`embedding service "${url}" returned something unusable: ${reason}`, {
    exitCode: exitCodes.error,
  });
}

/** `http://host` and `http://host/v1/embeddings` mean `http://host/v1`. */
export function baseUrl(url: string): string {
  const parsed = new URL(url);
  parsed.pathname = parsed.pathname.replace(/\/+$/, '').replace(/\/embeddings$/, '');
  if (parsed.pathname === '/') parsed.pathname = '/v1';
  return parsed.href;
}

/** Without user, password, query and fragment. */
export function publicUrl(url: string): string {
  const { origin, pathname } = new URL(baseUrl(url));
  return `${origin}${pathname}`;
}
