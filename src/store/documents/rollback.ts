import path from 'node:path';
import * as z from 'zod';
import { UserError, exitCodes, messageOf } from '../../base/errors.ts';
import { sealed } from '../../base/integrity/sealed.ts';
import { jsonOrUndefined } from '../../base/json.ts';
import type { RolledBack } from '../../gates/barred.ts';
import { appendEvent } from '../event-log.ts';
import { watchedFileOrThrow } from '../follow/file.ts';
import { parseDocument, unreadable, type DocumentKind } from './document.ts';
import { integrity } from './parts.ts';
import { holderSchema } from '../lock-holder.ts';

const shared = {
  schema: z.literal('flipgate.rollback/1'),
  id: z
    .string()
    .min(1)
    .describe(
      'of the rollback: of its two lines, and of those that a later process adds when it takes it up',
    ),
  at: z.iso.datetime(),
  pointer: z.string().min(1),
  trigger: z.string().min(1).describe('what asked for it'),
  causes: z.array(z.string()).readonly().describe('what it is for: an alert’s fingerprint and start'),
  integrity: integrity.exactOptional(),
};

const begunSchema = z
  .object({
    ...shared,
    event: z.literal('begun'),
    rolled_back: z
      .object({
        arm: z.string().min(1),
        artifact: z
          .string()
          .regex(/^[0-9a-f]{64}$/u)
          .exactOptional(),
        known_from: z
          .enum(['reported', 'verdict'])
          .exactOptional()
          .describe('who said so: the arm itself just before, or the newest verdict about it'),
      })
      .describe('what traffic is taken from, as far as anybody knows'),
    program: holderSchema
      .exactOptional()
      .describe('the program that is to move the pointer; it waits until this line is on the disk'),
  })
  .describe('The rollback was begun: written and synced before anything is done.');

const endedSchema = z
  .object({
    ...shared,
    event: z.literal('ended'),
    outcome: z.enum(['done', 'failed']),
    seconds: z.number(),
    reason: z.string().describe('one sentence for people'),
    output: z.string().describe('the end of what the programs wrote, secrets redacted'),
  })
  .describe('The rollback ended.');

const eventSchema = z.discriminatedUnion('event', [begunSchema, endedSchema]);

/** A line that is written before anything is done, and synced. */
export type RollbackBegun = Readonly<z.infer<typeof begunSchema>>;
export type RollbackEnded = Readonly<z.infer<typeof endedSchema>>;
/** A line of `rollbacks/history.jsonl`. */
export type RollbackEvent = RollbackBegun | RollbackEnded;

export const rollbackKind: DocumentKind<RollbackEvent> = {
  name: 'rollback',
  file: 'lines of `rollbacks/history.jsonl`',
  about: 'A rollback that was begun, or how it ended.',
  version: 'flipgate.rollback/1',
  schema: eventSchema,
};

/** Rollbacks that ended, by pointer, trigger and outcome. */
export interface RollbackCount {
  readonly pointer: string;
  readonly trigger: string;
  readonly outcome: string;
  readonly count: number;
}

/** A store's log of rollbacks; several processes may add to it. */
export interface RollbackLog {
  /** In the order in which they were added. Throws a `UserError` (exit 4) where the log cannot be read. */
  events(): readonly RollbackEvent[];
  /**
   * Adds a line that is on the disk when this resolves. Rejects with a `UserError` (exit 4) where that cannot be: this process remembers it then,
   * and tries again with the next one.
   */
  add(event: RollbackEvent): Promise<void>;
}

/** `now` gives milliseconds since 1970, by the clock that files are stamped by. */
export function openRollbackLog(store: string, now: () => number): RollbackLog {
  const file = path.join(store, 'rollbacks', 'history.jsonl');
  const watched = watchedFileOrThrow(parseEvents, now);
  let unwritten: readonly RollbackEvent[] = [];
  return {
    events() {
      try {
        return [...(watched.read(file) ?? []), ...unwritten];
      } catch (error) {
        if (error instanceof UserError) throw error;
        throw new UserError(`"${file}" cannot be read: ${messageOf(error)}`, {
          exitCode: exitCodes.error,
          cause: error,
        });
      }
    },
    async add(event) {
      unwritten = [...unwritten, sealed(event)];
      for (let next = unwritten[0]; next !== undefined; next = unwritten[0]) {
        await appendEvent(file, next);
        unwritten = unwritten.slice(1);
      }
    },
  };
}

/**
 * A line that was cut, or that is another program's, is passed over. Throws a `UserError` (exit 4) for one of ours that cannot be read: passing it over
 * could let through again what was rolled back. So a line stays where its hash does not match.
 */
function parseEvents(text: string, file: string): readonly RollbackEvent[] {
  return text.split('\n').flatMap((line, index) => {
    const event = parseDocument(rollbackKind, line);
    if (event.ok) return [event.document];
    if (!isOurs(jsonOrUndefined(line))) return [];
    throw unreadable(
      `${file}:${index + 1}`,
      event.problem,
      'it is damaged or from a newer flipgate: use that version, or take the line out',
    );
  });
}

function isOurs(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !('schema' in value)) return false;
  return typeof value.schema === 'string' && value.schema.startsWith('flipgate.rollback/');
}

export function rollbackCounts(events: readonly RollbackEvent[]): readonly RollbackCount[] {
  const counts = new Map<string, RollbackCount>();
  for (const event of events) {
    if (event.event !== 'ended') continue;
    const { pointer, trigger, outcome } = event;
    const key = JSON.stringify([pointer, trigger, outcome]);
    counts.set(key, { pointer, trigger, outcome, count: (counts.get(key)?.count ?? 0) + 1 });
  }
  return [...counts.values()];
}

/** What was rolled back and when. One that has not ended, or that failed, counts: somebody had reason to take traffic away. */
export function rolledBackIn(events: readonly RollbackEvent[]): readonly RolledBack[] {
  const ends = new Map(events.map(({ id, at }) => [id, at]));
  return events.flatMap((event) =>
    event.event === 'begun'
      ? {
          arm: event.rolled_back.arm,
          artifact: event.rolled_back.artifact,
          at: ends.get(event.id) ?? event.at,
        }
      : [],
  );
}

/** The newest rollback of a pointer that was begun and has not ended. */
export function openRollback(events: readonly RollbackEvent[], pointer: string): RollbackBegun | undefined {
  const ended = new Set(events.filter(({ event }) => event === 'ended').map(({ id }) => id));
  return events.findLast(
    (event): event is RollbackBegun =>
      event.event === 'begun' && event.pointer === pointer && !ended.has(event.id),
  );
}
