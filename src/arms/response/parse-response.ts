import type { Redact } from '../../base/redact.ts';
import { redactDeep } from '../../base/redact.ts';
import type { CallFinding, Response, ToolCall, Usage } from '../../scoring/answer.ts';
import {
  createFieldReader,
  isAbsent,
  readCount,
  readFlag,
  readList,
  readNumber,
  readObject,
  readText,
  ShapeError,
} from './field-reader.ts';
import type { FieldReader, JsonObject } from './field-reader.ts';
import { deepestLevel, isTooDeep } from '../json-text.ts';
import { longestList, parseSnippets } from './parse-snippets.ts';
import { parseStages } from './parse-stages.ts';
import { parseVersions } from './parse-versions.ts';

export type ParsedResponse =
  | { readonly ok: true; readonly response: Response; readonly findings: readonly CallFinding[] }
  | { readonly ok: false; readonly message: string };

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/**
 * The one door through which a response of any kind of arm comes in: what is not in the contract's shape is a fault with a message that
 * names the field and what was found there, never its value. Null counts as absent; unknown fields are not read; every text is redacted.
 */
export function parseResponse(value: unknown, redact: Redact): ParsedResponse {
  const reader = createFieldReader(redact);
  try {
    const response = readResponse(readObject(value, 'the response'), reader);
    return { ok: true, response, findings: reader.findings };
  } catch (error) {
    if (error instanceof ShapeError) return { ok: false, message: redact(error.message) };
    throw error;
  }
}

function readResponse(raw: JsonObject, reader: FieldReader): Response {
  if (isAbsent(raw['answer']) && isAbsent(raw['retrieved']))
    throw new ShapeError('the response has neither retrieved nor answer');
  const response: Writable<Response> = {};
  if (!isAbsent(raw['answer'])) response.answer = reader.clean(readText(raw['answer'], 'answer'));
  if (!isAbsent(raw['refused'])) response.refused = readFlag(raw['refused'], 'refused');
  if (!isAbsent(raw['retrieved'])) response.retrieved = parseSnippets(raw['retrieved'], reader);
  if (!isAbsent(raw['citations'])) response.citations = parseCitations(raw['citations'], reader);
  if (!isAbsent(raw['stages'])) response.stages = parseStages(readObject(raw['stages'], 'stages'), reader);
  if (!isAbsent(raw['versions']))
    response.versions = parseVersions(readObject(raw['versions'], 'versions'), reader);
  if (!isAbsent(raw['tool_calls'])) response.tool_calls = parseToolCalls(raw['tool_calls'], reader);
  if (!isAbsent(raw['side_effects'])) response.side_effects = readCount(raw['side_effects'], 'side_effects');
  if (!isAbsent(raw['dedupe_hits'])) response.dedupe_hits = readCount(raw['dedupe_hits'], 'dedupe_hits');
  if (!isAbsent(raw['usage'])) response.usage = parseUsage(readObject(raw['usage'], 'usage'));
  return response;
}

function parseCitations(value: unknown, reader: FieldReader): readonly string[] {
  return readList(value, 'citations', longestList).map((item, index) =>
    reader.clean(readText(item, `citations[${index}]`)),
  );
}

function parseToolCalls(value: unknown, reader: FieldReader): readonly ToolCall[] {
  return readList(value, 'tool_calls', longestList).map((item, index) => {
    const raw = readObject(item, `tool_calls[${index}]`);
    const name = reader.clean(readText(raw['name'], `tool_calls[${index}].name`));
    if (isAbsent(raw['arguments'])) return { name };
    return { name, arguments: cleanJson(raw['arguments'], `tool_calls[${index}].arguments`, reader) };
  });
}

/** A JSON value of unknown shape, redacted. What JSON cannot hold is a fault: it could not be recorded. */
function cleanJson(value: unknown, field: string, reader: FieldReader): unknown {
  if (isTooDeep(value, deepestLevel))
    throw new ShapeError(`${field} is nested deeper than ${deepestLevel} levels`);
  if (!isJson(value)) throw new ShapeError(`${field} holds what JSON cannot hold`);
  return redactDeep(value, (text) => reader.clean(text));
}

function isJson(value: unknown): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value);
  return typeof value === 'object' && Object.values(value).every(isJson);
}

function parseUsage(raw: JsonObject): Usage {
  const usage: Writable<Usage> = {};
  for (const field of ['input_tokens', 'output_tokens'] as const) {
    if (isAbsent(raw[field])) continue;
    const tokens = readNumber(raw[field], `usage.${field}`);
    if (!Number.isFinite(tokens) || tokens < 0) throw new ShapeError(`usage.${field} is not a number from 0`);
    usage[field] = tokens;
  }
  return usage;
}
