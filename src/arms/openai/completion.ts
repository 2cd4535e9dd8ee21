import OpenAI from 'openai';
import type { AskOptions, AskRequest } from '../arm.ts';
import type { ArmContext } from '../context.ts';
import { exchangeWish } from '../http/error-body.ts';
import type { Exchange } from '../http/messages.ts';
import type { HttpTransport } from '../http/transport.ts';
import type { Retriever } from '../index/retrieval.ts';
import type { PromptTemplate } from './prompt.ts';
import type { OpenaiSettings } from './settings.ts';

/** A chat model with what is needed to ask it. */
export interface Chat {
  readonly settings: OpenaiSettings;
  readonly context: ArmContext;
  readonly prompt: PromptTemplate;
  readonly retriever: Retriever | undefined;
  readonly transport: HttpTransport;
}

/** What the model is asked in one call. */
export interface Turn {
  readonly request: AskRequest;
  readonly options: AskOptions;
  readonly content: string;
}

/** Lets the client library write the request, and sends it ourselves: for true times, the size limit and the same faults as any HTTP arm. */
export async function complete(chat: Chat, turn: Turn): Promise<Exchange> {
  const { settings, transport } = chat;
  let exchanged: Exchange | undefined;
  const send: typeof fetch = async (url, init) => {
    exchanged = await transport.exchange(
      requestOf(url instanceof Request ? url.url : url.toString(), init),
      exchangeWish(turn.options),
    );
    if (exchanged.kind === 'fault') throw new Error(exchanged.message);
    return new Response('{}', { status: 200, headers: { 'content-type': 'application/json' } });
  };
  const client = new OpenAI({
    baseURL: settings.baseUrl,
    apiKey: settings.apiKey ?? 'none',
    maxRetries: 0,
    logLevel: 'off',
    organization: null,
    project: null,
    fetch: send,
  });
  try {
    await client.chat.completions.create(bodyOf(chat, turn), { headers: headersOf(chat, turn) });
  } catch (error) {
    if (exchanged === undefined) throw error;
  }
  if (exchanged === undefined) throw new Error('the client library sent nothing');
  return exchanged;
}

function headersOf({ settings, context }: Chat, { request }: Turn): Readonly<Record<string, string>> {
  return {
    ...settings.headers,
    'user-agent': context.userAgent,
    traceparent: request.traceparent,
    'idempotency-key': request.idempotency_key,
  };
}

function bodyOf({ settings }: Chat, { request, content }: Turn) {
  return {
    ...settings.parameters,
    model: settings.model,
    messages: [{ role: 'user' as const, content }],
    seed: request.seed,
    ...(settings.temperature === null ? {} : { temperature: settings.temperature }),
    stream: false as const,
  };
}

function requestOf(
  url: string,
  init: RequestInit | undefined,
): { method: string; path: string; headers: readonly string[]; body: string | null } {
  const { pathname, search } = new URL(url);
  const headers = [...new Headers(init?.headers)].filter(([name]) => name !== 'content-length');
  return {
    method: init?.method ?? 'POST',
    path: pathname + search,
    headers: headers.flat(),
    body: typeof init?.body === 'string' ? init.body : null,
  };
}
