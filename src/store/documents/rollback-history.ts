import { appendFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { jsonOrUndefined } from '../../base/json.ts';
import { readLines, toWriteError } from '../../base/files.ts';

/** A rollback that was triggered: a line of `rollbacks/history.jsonl`. */
export interface RollbackEntry {
  readonly schema: 'flipgate.rollback/1';
  readonly at: string;
  readonly pointer: string;
  /** What asked for it. */
  readonly trigger: string;
  /** `already`: the pointer was where it should be. */
  readonly outcome: 'done' | 'already' | 'failed';
  /** What it was for: an alert's fingerprint and start. Asked again it is not done again, unless it failed. */
  readonly causes: readonly string[];
  readonly seconds: number;
  /** The end of what the programs wrote, secrets redacted. */
  readonly output: string;
  readonly reason: string;
}

/** Rollbacks that were triggered, by pointer, trigger and outcome. */
export interface RollbackCount {
  readonly pointer: string;
  readonly trigger: string;
  readonly outcome: string;
  readonly count: number;
}

/** Every rollback that a store knows of. */
export interface RollbackHistory {
  /** Throws a `UserError` (exit 4) where it cannot be written. */
  add(entry: RollbackEntry): void;
  /** Whether a cause was seen to. */
  isDone(cause: string): boolean;
  counts(): readonly RollbackCount[];
}

/** Reads a store's history, so that a restart forgets nothing. Lines that were cut are passed over, and what is added stands on its own. */
export function openRollbackHistory(store: string): RollbackHistory {
  const file = path.join(store, 'rollbacks', 'history.jsonl');
  const done = new Set<string>();
  const counts = new Map<string, RollbackCount>();
  const count = ({ pointer, trigger, outcome, causes }: RollbackEntry): void => {
    const key = JSON.stringify([pointer, trigger, outcome]);
    counts.set(key, { pointer, trigger, outcome, count: (counts.get(key)?.count ?? 0) + 1 });
    if (outcome !== 'failed') for (const cause of causes) done.add(cause);
  };
  let isCut = false;
  for (const { text, whole } of readLines(file)) {
    const value = jsonOrUndefined(text);
    if (isEntry(value)) count(value);
    isCut = !whole;
  }
  return {
    add(entry) {
      count(entry);
      try {
        mkdirSync(path.dirname(file), { recursive: true });
        appendFileSync(file, `${isCut ? '\n' : ''}${JSON.stringify(entry)}\n`, { flush: true });
        isCut = false;
      } catch (error) {
        throw toWriteError(file, error);
      }
    },
    isDone: (cause) => done.has(cause),
    counts: () => [...counts.values()],
  };
}

function isEntry(value: unknown): value is RollbackEntry {
  if (typeof value !== 'object' || value === null) return false;
  const { schema, pointer, trigger, outcome, causes } = value as Partial<
    Record<keyof RollbackEntry, unknown>
  >; // each is checked
  return (
    schema === 'flipgate.rollback/1' &&
    [pointer, trigger].every((text) => typeof text === 'string') &&
    (outcome === 'done' || outcome === 'already' || outcome === 'failed') &&
    Array.isArray(causes) &&
    causes.every((cause) => typeof cause === 'string')
  );
}
