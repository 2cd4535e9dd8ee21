import { sha256 } from '../../base/canonical.ts';
import type { Answer, CallFinding, FaultAnswer, Snippet, Timing, Versions } from '../../scoring/answer.ts';
import type { Arm, AskOptions, AskRequest } from '../arm.ts';
import type { ArmContext } from '../context.ts';
import { ShapeError } from '../response/field-reader.ts';
import { statusFault } from '../http/arm.ts';
import { decompress } from '../http/body.ts';
import { HttpTransport } from '../http/transport.ts';
import type { Retriever } from '../index/retrieval.ts';
import { parseJson } from '../json-text.ts';
import { complete, type Chat } from './completion.ts';
import { readCompletion } from './response.ts';
import type { OpenaiSettings } from './settings.ts';
import { parseResponse } from '../response/parse-response.ts';
import { citationsIn, readPrompt } from './prompt.ts';
import type { PromptTemplate } from './prompt.ts';

/** What stands before the model's turn. */
interface Retrieved {
  readonly snippets: readonly Snippet[];
  readonly seconds: number;
}

/**
 * Opens a chat model as an arm. With an index it is a whole RAG arm: it retrieves, fills the prompt, asks, and reports the stages retrieve
 * and reason. The version fields are computed from content; the ones of a part that is not there are "none".
 */
export async function openOpenai(settings: OpenaiSettings, context: ArmContext): Promise<Arm> {
  const hasIndex = settings.index !== undefined;
  const prompt = await readPrompt(settings.prompt, { workingDirectory: context.workingDirectory, hasIndex });
  const retriever = await retrieverOf(settings, context);
  const transport = new HttpTransport(new URL(settings.baseUrl).origin, {
    maxBodyBytes: context.maxResponseBytes,
    connectSeconds: settings.timeoutSeconds + 1,
    clock: context.clock,
  });
  const versions = versionsOf(settings, prompt, retriever);
  const chat: Chat = { settings, context, prompt, retriever, transport };
  return {
    name: context.name,
    kind: settings.kind,
    ask: async (request, options) => withVersions(await askChat(chat, request, options), versions),
    versions: async () => versions,
    close: () => transport.close(),
  };
}

async function retrieverOf(
  { index, topK }: OpenaiSettings,
  context: ArmContext,
): Promise<Retriever | undefined> {
  if (index === undefined) return undefined;
  const { openRetriever } = await import('../index/retrieval.ts');
  return openRetriever({ index, topK }, context);
}

function versionsOf(
  settings: OpenaiSettings,
  prompt: PromptTemplate,
  retriever: Retriever | undefined,
): Versions {
  const none = { INDEX_HASH: 'none', EMBED_SCHEMA: 'none' };
  const model = settings.model.length <= 128 ? settings.model : sha256(settings.model);
  return {
    ...(retriever?.versions ?? none),
    RERANK_CONF: 'none',
    PROMPT_VER: sha256(prompt.text),
    MODEL_VER: model,
  };
}

function withVersions(answer: Answer, versions: Versions): Answer {
  if (answer.outcome === 'ok') return { ...answer, response: { ...answer.response, versions } };
  return { ...answer, versions };
}

async function askChat(chat: Chat, request: AskRequest, options: AskOptions): Promise<Answer> {
  const retrieved = await chat.retriever?.retrieve(request.question, options.signal);
  if (retrieved !== undefined && 'fault' in retrieved)
    return { outcome: 'network', message: retrieved.fault };
  const exchange = await complete(chat, {
    request,
    options,
    content: chat.prompt.fill(request.question, retrieved?.snippets ?? []),
  });
  if (exchange.kind === 'fault')
    return { outcome: exchange.fault, message: chat.context.redact(exchange.message) };
  if (exchange.status > 299) return statusFault(exchange, chat.context);
  const body = await decompress(
    exchange.body,
    exchange.headers['content-encoding'],
    chat.context.maxResponseBytes,
  );
  if (!body.ok) return shape(body.message, exchange.status);
  const json = parseJson(body.bytes);
  if (!json.ok) return shape(`the response is ${json.message}`, exchange.status);
  return answerOf(chat, { value: json.value, retrieved, timing: exchange.timing, status: exchange.status });
}

interface ModelTurn {
  readonly value: unknown;
  readonly retrieved: Retrieved | undefined;
  readonly timing: Timing;
  readonly status: number;
}

function answerOf({ context }: Chat, { value, retrieved, timing, status }: ModelTurn): Answer {
  try {
    const { isCut, ...completion } = readCompletion(value);
    const found =
      retrieved === undefined
        ? {}
        : { retrieved: retrieved.snippets, citations: citationsIn(completion.answer, retrieved.snippets) };
    const stages = {
      ...(retrieved === undefined ? {} : { retrieve: retrieved.seconds }),
      reason: timing.received - timing.sent,
    };
    const parsed = parseResponse({ ...completion, ...found, stages }, context.redact);
    if (!parsed.ok) return shape(parsed.message, status);
    const findings: readonly CallFinding[] = isCut
      ? [...parsed.findings, { code: 'answer_cut' }]
      : parsed.findings;
    // Total is what both stages took; the setting up of a connection between them is not in it.
    const sent = timing.sent - (retrieved?.seconds ?? 0);
    return {
      outcome: 'ok',
      status,
      timing: { sent, received: timing.received },
      response: parsed.response,
      findings,
    };
  } catch (error) {
    if (error instanceof ShapeError) return shape(context.redact(error.message), status);
    throw error;
  }
}

function shape(message: string, status: number): FaultAnswer {
  return { outcome: 'shape', status, message };
}
