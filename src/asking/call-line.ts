import type { AskRequest } from '../arms/arm.ts';
import { sha256 } from '../base/canonical.ts';
import { remembered } from '../base/remembered.ts';
import { callKey, idempotencyKey } from '../plan/call-key.ts';
import { artifactOf } from '../scoring/artifact.ts';
import {
  versionFields,
  type FaultAnswer,
  type OkAnswer,
  type Snippet,
  type Versions,
} from '../scoring/answer.ts';
import type { Cell } from '../plan/plan.ts';
import type { CallLine, SnippetReference } from '../scoring/record.ts';
import type { Asked } from './attempt.ts';
import { newTrace } from './trace.ts';

/** A call that is to be made: the cell, its identity and what goes over the wire. */
export interface PlannedCall {
  readonly cell: Cell;
  readonly key: string;
  readonly traceId: string;
  readonly request: AskRequest;
}

/** The call for a cell: its idempotency key is stable per run and cell, its trace is new. */
export function plannedCall(cell: Cell, run: { id: string; arm: string }): PlannedCall {
  const key = callKey({
    questionId: cell.question.id,
    phrasingText: cell.text,
    seed: cell.seed,
    arm: run.arm,
  });
  const { traceId, spanId } = newTrace();
  return {
    cell,
    key,
    traceId,
    request: {
      question: cell.text,
      question_id: cell.question.id,
      phrasing: cell.phrasing,
      seed: cell.seed,
      idempotency_key: idempotencyKey(run.id, key),
      traceparent: `00-${traceId}-${spanId}-01`,
    },
  };
}

/** When the call was due and when it was sent. */
export interface CallTimes {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Monotonic seconds; with a fixed arrival rate latency counts from here. */
  readonly scheduled?: number | undefined;
}

/** A call as it stands in the journal, and the texts it retrieved by SHA-256. */
export interface JournaledCall {
  readonly line: CallLine;
  readonly texts: ReadonlyMap<string, string>;
}

/** Turns what came back into a line of `calls.jsonl`; every text is in there once, by hash. What is undefined does not reach the file. */
export function journaledCall(call: PlannedCall, asked: Asked, times: CallTimes): JournaledCall {
  const texts = new Map<string, string>();
  const { answer } = asked;
  return {
    line:
      answer.outcome === 'ok'
        ? answeredLine(call, { asked, answer, times, texts })
        : faultedLine(call, { asked, answer, times }),
    texts,
  };
}

/** One literal, not spreads: of all that is done for a call here, putting its line together costs the most. */
function answeredLine(
  { cell, key, traceId }: PlannedCall,
  {
    asked,
    answer,
    times,
    texts,
  }: { asked: Asked; answer: OkAnswer; times: CallTimes; texts: Map<string, string> },
): CallLine {
  const { response, findings } = answer;
  return {
    question: cell.question.id,
    phrasing: cell.phrasing,
    seed: cell.seed,
    key,
    outcome: answer.outcome,
    status: answer.status,
    at: new Date(askedAt(answer, times)).toISOString(),
    latency: asked.retried ? undefined : latencyOf(answer, times),
    answer: response.answer,
    refused: response.refused ?? false,
    retrieved: response.retrieved?.map((snippet) => reference(snippet, texts)),
    citations: response.citations,
    tool_calls: response.tool_calls ?? [],
    side_effects: response.side_effects ?? 0,
    dedupe_hits: response.dedupe_hits ?? 0,
    usage: response.usage ?? {},
    versions: response.versions,
    artifact_sha256: artifactSha(response.versions),
    findings: findings.length === 0 ? undefined : findings,
    trace_id: traceId,
    retried: asked.retried,
    paced: asked.paced === 0 ? undefined : asked.paced,
  };
}

function faultedLine(
  { cell, key, traceId }: PlannedCall,
  { asked, answer, times }: { asked: Asked; answer: FaultAnswer; times: CallTimes },
): CallLine {
  return {
    question: cell.question.id,
    phrasing: cell.phrasing,
    seed: cell.seed,
    key,
    outcome: answer.outcome,
    status: answer.status,
    at: new Date(times.at).toISOString(),
    versions: answer.versions,
    artifact_sha256: artifactSha(answer.versions),
    trace_id: traceId,
    retried: asked.retried,
    paced: asked.paced === 0 ? undefined : asked.paced,
    message: answer.message,
  };
}

const artifactShas = new Map<string, string>();
const maxArtifacts = 1000;

/** An arm reports the same few artifacts again and again, so they are hashed once. */
function artifactSha(versions: Versions | undefined): string {
  const name = JSON.stringify(versionFields.map((field) => versions?.[field]));
  const known = artifactShas.get(name);
  if (known !== undefined) return known;
  if (artifactShas.size >= maxArtifacts) artifactShas.clear();
  const { sha256: sha } = artifactOf(versions);
  artifactShas.set(name, sha);
  return sha;
}

/** So that `at` and the latency tell when the answer came: a recorded latency is over when it is told. */
function askedAt({ timing }: OkAnswer, { at }: CallTimes): number {
  return timing?.isRecorded === true ? at - 1000 * (timing.received - timing.sent) : at;
}

/** Without a timing there are at most the stages that the arm itself reported. */
function latencyOf({ timing, response: { stages } }: OkAnswer, times: CallTimes): CallLine['latency'] {
  if (timing === undefined) return stages;
  const total = timing.received - (times.scheduled ?? timing.sent);
  return { total: microseconds(total), ...stages };
}

/** A clock finer than a microsecond tells nothing about an arm behind a network. */
function microseconds(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e6;
}

function reference(
  { snippet_id, section_id, source_url, offsets, tokens, score, text }: Snippet,
  texts: Map<string, string>,
): SnippetReference {
  const text_sha256 = hashOf(text);
  texts.set(text_sha256, text);
  return { snippet_id, section_id, source_url, offsets, tokens, score, text_sha256 };
}

/** Arms return the same snippets for many phrasings and seeds. */
const hashOf = remembered(sha256, { most: 2000, longest: 4000 });
