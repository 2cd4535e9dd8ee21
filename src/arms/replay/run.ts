import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { sha256 } from '../../base/canonical.ts';
import { UserError } from '../../base/errors.ts';
import { faults, stages, versionFields } from '../../scoring/answer.ts';
import type { Answer } from '../../scoring/answer.ts';
import { callKey } from '../../plan/call-key.ts';
import type { AskRequest } from '../arm.ts';
import type { ArmContext } from '../context.ts';
import { parseJsonText } from '../json-text.ts';
import { parseResponse } from '../response/parse-response.ts';
import { indexLines, openLines } from './recorded-lines.ts';
import type { RecordedPlace, RecordedLines } from './recorded-lines.ts';
import { noRecordedAnswer, recordedLatency } from './recording.ts';
import type { Recording } from './recording.ts';

const seconds = z.number().min(0);
const callSchema = z.object({
  key: z.string(),
  outcome: z.enum(['ok', ...faults]),
  status: z.int().optional(),
  message: z.string().optional(),
  retried: z.boolean().default(false),
  latency: z
    .object({
      total: seconds.optional(),
      retrieve: seconds.optional(),
      rerank: seconds.optional(),
      reason: seconds.optional(),
    })
    .optional(),
  retrieved: z.array(z.looseObject({ text_sha256: z.string() })).optional(),
  findings: z.array(z.object({ code: z.string(), field: z.string().optional() })).default([]),
  versions: z.partialRecord(z.enum(versionFields), z.string()).optional(),
});
type RecordedCall = z.output<typeof callSchema> & Readonly<Record<string, unknown>>;

interface RunFiles {
  readonly arm: string;
  readonly calls: RecordedLines;
  readonly callPlaces: ReadonlyMap<string, RecordedPlace>;
  readonly snippets: RecordedLines | undefined;
  readonly snippetPlaces: ReadonlyMap<string, RecordedPlace>;
}

/**
 * A run's own calls. A call is found by its key, so by the question's id and text and the seed: a question that was reworded since has no
 * recorded answer. Texts are checked against their hashes.
 */
export async function openReplayRun(folder: string, context: ArmContext): Promise<Recording> {
  const files = await openFiles(folder);
  return {
    answer: (request) => answer(request, files, context),
    close: async () => {
      await Promise.all([files.calls.close(), files.snippets?.close()]);
    },
  };
}

async function openFiles(folder: string): Promise<RunFiles> {
  const callsFile = path.join(folder, 'calls.jsonl');
  const snippetsFile = path.join(folder, 'snippets.jsonl');
  const snippetPlaces = placesBy(snippetsFile, 'sha256');
  return {
    arm: await armOf(folder),
    calls: await openLines(callsFile),
    callPlaces: placesBy(callsFile, 'key'),
    snippets: snippetPlaces.size === 0 ? undefined : await openLines(snippetsFile),
    snippetPlaces,
  };
}

/** A line that was cut has no key and is left out. */
function placesBy(file: string, field: 'key' | 'sha256'): ReadonlyMap<string, RecordedPlace> {
  const places = new Map<string, RecordedPlace>();
  for (const { value, place } of indexLines(file)) {
    const key = member(value, field);
    if (typeof key === 'string') places.set(key, place);
  }
  return places;
}

async function armOf(folder: string): Promise<string> {
  for (const name of ['run.json', 'plan.json']) {
    const text = await readFile(path.join(folder, name), 'utf8').catch(() => '');
    const json = parseJsonText(text);
    const arm = json.ok ? member(json.value, 'arm') : undefined;
    if (typeof arm === 'string') return arm;
  }
  throw new UserError(`"${folder}" is no run: neither its run.json nor its plan.json names the arm`);
}

async function answer(request: AskRequest, files: RunFiles, context: ArmContext): Promise<Answer> {
  const key = callKey({
    questionId: request.question_id,
    phrasingText: request.question,
    seed: request.seed,
    arm: files.arm,
  });
  const place = files.callPlaces.get(key);
  if (place === undefined) return noRecordedAnswer;
  const line = await files.calls.read(place);
  const call = callSchema.loose().safeParse(line);
  if (!call.success || call.data.key !== key)
    return { outcome: 'shape', message: 'the recorded call is damaged' };
  const { outcome, status, message, versions } = call.data;
  if (outcome === 'ok') return answered(call.data, files, context);
  const words = message === undefined ? `recorded as ${outcome}` : context.redact(message);
  return {
    outcome,
    message: words,
    ...(status === undefined ? {} : { status }),
    ...(versions === undefined ? {} : { versions }),
  };
}

async function answered(call: RecordedCall, files: RunFiles, context: ArmContext): Promise<Answer> {
  // An answer that needed a retry counts as faulted and has no latency: any time given here would be made up.
  if (call.retried)
    return { outcome: 'network', message: 'the recorded call needed a retry: it has no latency' };
  const retrieved = await textsOf(call.retrieved, files);
  if (retrieved === 'missing')
    return { outcome: 'shape', message: 'a recorded text is missing or is not the one that was recorded' };
  const recorded = { ...call, retrieved, stages: stagesOf(call.latency) };
  const parsed = parseResponse(recorded, context.redact);
  if (!parsed.ok) return { outcome: 'shape', message: parsed.message };
  const { status, findings } = call;
  return {
    outcome: 'ok',
    ...(status === undefined ? {} : { status }),
    ...recordedLatency(
      call.latency?.total,
      findings.map(({ code, field }) => (field === undefined ? { code } : { code, field })),
      context.clock,
    ),
    response: parsed.response,
  };
}

function stagesOf(latency: RecordedCall['latency']): object | undefined {
  return latency && Object.fromEntries(stages.map((stage) => [stage, latency[stage]]));
}

async function textsOf(
  references: RecordedCall['retrieved'],
  files: RunFiles,
): Promise<readonly object[] | 'missing' | undefined> {
  if (references === undefined) return undefined;
  const snippets = await Promise.all(
    references.map(async (reference) => ({ ...reference, text: await textOf(reference.text_sha256, files) })),
  );
  return snippets.every((snippet) => snippet.text !== undefined) ? snippets : 'missing';
}

async function textOf(hash: string, { snippets, snippetPlaces }: RunFiles): Promise<string | undefined> {
  const place = snippetPlaces.get(hash);
  const text = place === undefined ? undefined : member(await snippets?.read(place), 'text');
  return typeof text === 'string' && sha256(text) === hash ? text : undefined;
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
