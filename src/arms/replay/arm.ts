import { stat } from 'node:fs/promises';
import path from 'node:path';
import { messageOf, UserError } from '../../base/errors.ts';
import type { Arm } from '../arm.ts';
import type { ArmContext } from '../context.ts';
import type { Recording } from './recording.ts';
import { openReplayFile } from './file.ts';
import { openReplayRun } from './run.ts';
import type { ReplaySettings } from './settings.ts';

/**
 * Opens a run folder, or a JSON Lines file of responses, as an arm. Only the places of the lines are held in memory. Latencies and faults
 * come back as they were recorded; a cell without a recorded answer is a `shape` fault. Throws a `UserError` for what cannot be read.
 */
export async function openReplay(settings: ReplaySettings, context: ArmContext): Promise<Arm> {
  const recording = await openRecording(settings, context);
  return {
    name: context.name,
    kind: settings.kind,
    ask: async (request, { signal }) =>
      signal.aborted ? { outcome: 'network', message: 'given up' } : recording.answer(request),
    close: () => recording.close(),
  };
}

async function openRecording({ record, file }: ReplaySettings, context: ArmContext): Promise<Recording> {
  if (file !== undefined)
    return openReplayFile(
      await existing(path.resolve(context.workingDirectory, file), context.name),
      context,
    );
  if (record === undefined)
    throw new UserError(`arm "${context.name}" has nothing to replay`, {
      hint: 'name a "record" or a "file"',
    });
  const folder =
    context.readRun === undefined
      ? path.resolve(context.workingDirectory, record)
      : await context.readRun(record);
  await existing(path.join(folder, 'calls.jsonl'), context.name);
  return openReplayRun(folder, context);
}

async function existing(file: string, arm: string): Promise<string> {
  try {
    if ((await stat(file)).isFile()) return file;
  } catch (error) {
    throw new UserError(`"${file}" of arm "${arm}" cannot be read: ${messageOf(error)}`, { cause: error });
  }
  throw new UserError(`"${file}" of arm "${arm}" is no file`);
}
