import { stages } from '../../scoring/answer.ts';
import type { StageSeconds } from '../../scoring/answer.ts';
import { isAbsent, readNumber } from './field-reader.ts';
import type { FieldReader, JsonObject } from './field-reader.ts';

/** Seconds per stage in a response's body; stages of other names are not read. Throws a `ShapeError` for what is no number. */
export function parseStages(raw: JsonObject, reader: FieldReader): StageSeconds {
  const seconds: StageSeconds = {};
  for (const stage of stages) {
    if (isAbsent(raw[stage])) continue;
    const value = readNumber(raw[stage], `stages.${stage}`);
    if (Number.isFinite(value) && value >= 0) seconds[stage] = value;
    else reader.note('stage_invalid', stage);
  }
  return seconds;
}

/** Seconds per stage in a `Server-Timing` header, whose durations are milliseconds; a stage that is named more often is summed. */
export function stagesOfServerTiming(header: string, reader: FieldReader): StageSeconds {
  const seconds: StageSeconds = {};
  for (const metric of metricsOf(header)) {
    const [name = '', ...parameters] = metric.split(';').map((part) => part.trim());
    const stage = stages.find((known) => known === name);
    const duration = parameters.find((parameter) => /^dur\s*=/i.test(parameter));
    if (stage === undefined || duration === undefined) continue;
    const milliseconds = durationOf(duration);
    if (milliseconds === undefined) reader.note('stage_invalid', stage);
    else seconds[stage] = (seconds[stage] ?? 0) + milliseconds / 1000;
  }
  return seconds;
}

function metricsOf(header: string): readonly string[] {
  // A description may hold the separators in quotes; it says nothing about time.
  return header
    .replace(/"(?:[^"\\]|\\.)*"/g, (quoted) => (/^"\d+(\.\d+)?"$/.test(quoted) ? quoted.slice(1, -1) : ''))
    .split(',');
}

function durationOf(parameter: string): number | undefined {
  const text = parameter.slice(parameter.indexOf('=') + 1).trim();
  return /^\d+(\.\d+)?$/.test(text) ? Number(text) : undefined;
}
