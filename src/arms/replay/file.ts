import * as z from 'zod';
import { UserError } from '../../base/errors.ts';
import { faults } from '../../scoring/answer.ts';
import type { Answer } from '../../scoring/answer.ts';
import type { AskRequest } from '../arm.ts';
import type { ArmContext } from '../context.ts';
import { parseResponse } from '../response/parse-response.ts';
import { indexLines, openLines } from './recorded-lines.ts';
import type { RecordedPlace, RecordedLines } from './recorded-lines.ts';
import { noRecordedAnswer, recordedLatency } from './recording.ts';
import type { Recording } from './recording.ts';

const lineSchema = z.looseObject({
  question: z.string().min(1),
  phrasing: z.int().min(0).default(0),
  seed: z.int().optional(),
  response: z.unknown().optional(),
  seconds: z.number().min(0).optional(),
  fault: z.enum(faults).optional(),
  status: z.int().optional(),
  message: z.string().optional(),
});

/**
 * A JSON Lines file of responses: `{"question", "phrasing", "seed", "response": {…}}`, or the response's fields beside the first three.
 * `question` is an id, or the text of a phrasing. `phrasing` is 0 and any seed is meant where they are not there. `seconds` is the latency; without it
 * the answer has no latency and the finding `latency_not_recorded`. `fault` (with `status` and `message`) is a recorded
 * fault. Throws a `UserError` for a line that is none of this and for a cell that stands there twice.
 */
export async function openReplayFile(file: string, context: ArmContext): Promise<Recording> {
  const places = placesOf(file);
  const lines = await openLines(file);
  return {
    answer: async (request) => {
      const place = placeOf(request, places);
      return place === undefined ? noRecordedAnswer : answer(place, lines, context);
    },
    close: () => lines.close(),
  };
}

function placesOf(file: string): ReadonlyMap<string, RecordedPlace> {
  const places = new Map<string, RecordedPlace>();
  for (const { value, number, place } of indexLines(file)) {
    const line = lineSchema.safeParse(value);
    if (!line.success) {
      const [issue] = line.error.issues;
      throw new UserError(
        `${file}:${number}: no recorded answer: ${issue?.path.join('.') ?? ''} ${issue?.message.toLowerCase() ?? ''}`,
      );
    }
    const { question, phrasing, seed } = line.data;
    const key = keyOf(question, phrasing, seed);
    if (places.has(key)) {
      throw new UserError(
        `${file}:${number}: question "${question}", phrasing ${phrasing}, seed ${seed ?? 'any'} is recorded twice`,
      );
    }
    places.set(key, place);
  }
  return places;
}

function placeOf(request: AskRequest, places: ReadonlyMap<string, RecordedPlace>): RecordedPlace | undefined {
  const { question_id, question, phrasing, seed } = request;
  const keys = [
    keyOf(question_id, phrasing, seed),
    keyOf(question_id, phrasing, undefined),
    // A text names its phrasing by itself.
    ...[seed, undefined].flatMap((wanted) => [keyOf(question, phrasing, wanted), keyOf(question, 0, wanted)]),
  ];
  return keys.map((key) => places.get(key)).find((place) => place !== undefined);
}

function keyOf(question: string, phrasing: number, seed: number | undefined): string {
  return JSON.stringify([question, phrasing, seed ?? null]);
}

async function answer(place: RecordedPlace, lines: RecordedLines, context: ArmContext): Promise<Answer> {
  const line = lineSchema.safeParse(await lines.read(place));
  if (!line.success) return { outcome: 'shape', message: 'the recorded line is damaged' };
  const { response, seconds, fault, status, message, ...rest } = line.data;
  const withStatus = status === undefined ? {} : { status };
  if (fault !== undefined)
    return { outcome: fault, message: context.redact(message ?? `recorded as ${fault}`), ...withStatus };
  const parsed = parseResponse(response ?? rest, context.redact);
  if (!parsed.ok) return { outcome: 'shape', message: parsed.message, ...withStatus };
  const { response: answered, findings } = parsed;
  return {
    outcome: 'ok',
    ...withStatus,
    ...recordedLatency(seconds, findings, context.clock),
    response: answered,
  };
}
