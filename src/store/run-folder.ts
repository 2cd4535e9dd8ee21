import { randomBytes } from 'node:crypto';
import path from 'node:path';

/** Where the files of one run are. */
export interface RunFolder {
  readonly id: string;
  readonly path: string;
  readonly plan: string;
  readonly record: string;
  readonly calls: string;
  readonly scores: string;
  readonly snippets: string;
  readonly lock: string;
}

/** The folder of a run in a store; nothing is created. */
export function runFolder(store: string, id: string): RunFolder {
  const folder = path.join(store, id);
  const file = (name: string): string => `${folder}${path.sep}${name}`;
  return {
    id,
    path: folder,
    plan: file('plan.json'),
    record: file('run.json'),
    calls: file('calls.jsonl'),
    scores: file('scores.jsonl'),
    snippets: file('snippets.jsonl'),
    lock: file('lock'),
  };
}

/** The files whose hashes stand in the record, by name. */
export function recordedFiles(
  folder: RunFolder,
): Readonly<Record<'calls.jsonl' | 'scores.jsonl' | 'snippets.jsonl', string>> {
  return { 'calls.jsonl': folder.calls, 'scores.jsonl': folder.scores, 'snippets.jsonl': folder.snippets };
}

/** `20261122T213000Z-green-3f9a1c`: sorts by time, names the arm, and two started in one second still differ. */
export function newRunId(milliseconds: number, arm: string): string {
  return `${compactTime(milliseconds)}-${arm}-${randomBytes(3).toString('hex')}`;
}

/** The id that all runs asked together share. */
export function newSessionId(milliseconds: number): string {
  return `${compactTime(milliseconds)}-${randomBytes(3).toString('hex')}`;
}

function compactTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString().replaceAll(/[-:]|\.\d{3}/gu, '');
}
