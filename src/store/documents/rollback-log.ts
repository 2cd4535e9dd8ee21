import path from 'node:path';
import * as z from 'zod';
import { UserError, exitCodes, messageOf } from '../../base/errors.ts';
import { jsonOrUndefined } from '../../base/json.ts';
import type { RolledBack } from '../../gates/barred.ts';
import { appendEvent } from '../event-log.ts';
import { watchedFile } from '../follow/file.ts';
import { holderSchema } from '../lock-holder.ts';

const common = {
  schema: z.literal('flipgate.rollback/1'),
  /** Of the rollback: of its two lines, and of those that a later process adds when it takes it up. */
  id: z.string().min(1),
  at: z.iso.datetime(),
  pointer: z.string().min(1),
  /** What asked for it. */
  trigger: z.string().min(1),
  /** What it is for: an alert's fingerprint and start. */
  causes: z.array(z.string()).readonly(),
};

const begunSchema = z.object({
  ...common,
  event: z.literal('begun'),
  /** What traffic is taken from, as far as anybody knows. */
  rolled_back: z.object({
    arm: z.string().min(1),
    artifact: z
      .string()
      .regex(/^[0-9a-f]{64}$/u)
      .optional(),
    /** Who said so: the arm itself just before, or the newest verdict about it. */
    known_from: z.enum(['reported', 'verdict']).optional(),
  }),
  /** The program that is to move the pointer: it is there and waits until this line is on the disk. Absent where it could not be made to wait. */
  program: holderSchema.optional(),
});

const endedSchema = z.object({
  ...common,
  event: z.literal('ended'),
  outcome: z.enum(['done', 'failed']),
  seconds: z.number(),
  reason: z.string(),
  /** The end of what the programs wrote, secrets redacted. */
  output: z.string(),
});

const eventSchema = z.discriminatedUnion('event', [begunSchema, endedSchema]);

/** A line that is written before anything is done, and synced. */
export type RollbackBegun = Readonly<z.infer<typeof begunSchema>>;
export type RollbackEnded = Readonly<z.infer<typeof endedSchema>>;
/** A line of `rollbacks/history.jsonl`. */
export type RollbackEvent = RollbackBegun | RollbackEnded;

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
  const watched = watchedFile(parseEvents, now);
  let unwritten: readonly RollbackEvent[] = [];
  return {
    events() {
      try {
        return [...(watched.read(file) ?? []), ...unwritten];
      } catch (error) {
        throw new UserError(`"${file}" cannot be read: ${messageOf(error)}`, {
          exitCode: exitCodes.error,
          cause: error,
        });
      }
    },
    async add(event) {
      unwritten = [...unwritten, event];
      for (let next = unwritten[0]; next !== undefined; next = unwritten[0]) {
        await appendEvent(file, next);
        unwritten = unwritten.slice(1);
      }
    },
  };
}

/** A line that was cut, or that this version does not know, is passed over. */
function parseEvents(text: string): readonly RollbackEvent[] {
  return text.split('\n').flatMap((line) => eventSchema.safeParse(jsonOrUndefined(line)).data ?? []);
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
