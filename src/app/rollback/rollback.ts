import { randomBytes } from 'node:crypto';
import { messageOf } from '../../base/errors.ts';
import { pause } from '../../base/pause.ts';
import type { Ended } from '../../pointers/run-program.ts';
import { openRollback, type RollbackBegun, type RollbackEvent } from '../../store/documents/rollback.ts';
import { identityOf } from '../../store/lock-holder.ts';
import { inTurn } from './in-turn.ts';
import type { RollbackRequest, RollbackResult, RollbackSetting } from './contract.ts';
import { untilGone } from './left-over.ts';
import { staleReason } from './recent.ts';

/** Characters of what the programs wrote; cut after secrets were taken out. */
const maxOutputChars = 8000;
const lookEverySeconds = 0.25;

/**
 * Moves live traffic back to the baseline unless it is there: what was done before plays no part. What it does is on the disk before it does it.
 * Two processes on one store take turns. A log or a lock that cannot be had stops nothing: it is a warning. Never rejects.
 */
export function rollback(request: RollbackRequest, setting: RollbackSetting): Promise<RollbackResult> {
  return inTurn(setting, async (warn) => {
    const open = openIn(setting, warn);
    const left = open && (await untilGone(open, setting));
    if (left !== undefined) return { outcome: 'failed', reason: left };
    const found = await setting.pointer.look();
    if (found.ok) {
      if (open !== undefined) await end(open, takenUp, { setting, warn });
      return { outcome: 'already', reason: 'traffic is on the baseline already' };
    }
    if (open !== undefined && isCurrent(open, setting)) return act(open, { setting, warn });
    if (open !== undefined) await end(open, tooOld, { setting, warn });
    return act(
      { id: randomBytes(6).toString('hex'), ...request, rolled_back: setting.rolledBack() },
      { setting, warn },
    );
  });
}

/** Brings to its end what a process began and did not end because it died; `undefined` where there is nothing. */
export async function takeUp(setting: RollbackSetting): Promise<RollbackResult | undefined> {
  if (openIn(setting, () => undefined) === undefined) return undefined;
  return inTurn(setting, async (warn) => {
    const open = openIn(setting, warn);
    if (open === undefined)
      return { outcome: 'already', reason: 'another process has brought it to its end' };
    const left = await untilGone(open, setting);
    if (left !== undefined) return { outcome: 'failed', reason: left };
    const found = await setting.pointer.look();
    if (!found.ok && isCurrent(open, setting)) return act(open, { setting, warn });
    return end(open, found.ok ? takenUp : tooOld, { setting, warn });
  });
}

interface Acting {
  readonly setting: RollbackSetting;
  readonly warn: (problem: string) => void;
}

type Ending = Pick<RollbackResult, 'reason'> & {
  readonly outcome: 'done' | 'failed';
  readonly output?: string;
};

const takenUp: Ending = {
  outcome: 'done',
  reason: 'traffic is on the baseline; the process that began this ended before it could say so',
};
const tooOld: Ending = {
  outcome: 'failed',
  reason: 'the process that began this ended, and by now it is too long ago to resume it',
};

async function act(
  { id, trigger, causes, rolled_back }: Pick<RollbackBegun, 'id' | 'trigger' | 'causes' | 'rolled_back'>,
  acting: Acting,
): Promise<Ending> {
  const { pointer, clock } = acting.setting;
  const begun = { id, trigger, causes, rolled_back, startedAt: clock.monotonic() };
  const action = await pointer.moveBack(async (pid) => {
    const program = pid === undefined ? {} : { program: identityOf(pid) };
    await add({ ...eventOf(begun, acting), event: 'begun', rolled_back, ...program }, acting);
  });
  return end(begun, endingOf(action, await readBack(action, acting)), acting);
}

/** Looks until traffic is on the baseline; once where the program failed. */
async function readBack({ ok }: Ended, { setting: { pointer, clock } }: Acting): Promise<Ended> {
  const until = clock.monotonic() + (ok ? pointer.settleSeconds : 0);
  for (;;) {
    const found = await pointer.look();
    if (found.ok || clock.monotonic() >= until) return found;
    await pause(lookEverySeconds);
  }
}

function endingOf(action: Ended, after: Ended): Ending {
  const output = [action.output, after.output].filter((text) => text !== '').join('\n');
  if (after.ok) return { outcome: 'done', reason: 'rolled back, and read back', output };
  const how = action.ok ? 'the rollback command ended well' : `the rollback command failed (${action.how})`;
  const reason = `${how}, and verify says that traffic is not on the baseline (${after.how})`;
  return { outcome: 'failed', reason, output };
}

type Begun = Pick<RollbackBegun, 'id' | 'trigger' | 'causes'> & {
  readonly startedAt?: number;
  readonly at?: string;
};

async function end(begun: Begun, ending: Ending, acting: Acting): Promise<Ending> {
  const { clock, redact } = acting.setting;
  const seconds =
    begun.startedAt === undefined
      ? Math.max(0, (clock.now() - Date.parse(begun.at ?? '')) / 1000)
      : clock.monotonic() - begun.startedAt;
  const output = redact(ending.output ?? '').slice(-maxOutputChars);
  await add({ ...eventOf(begun, acting), event: 'ended', ...ending, seconds, output }, acting);
  return ending;
}

function eventOf({ id, trigger, causes }: Begun, { setting: { clock, pointer } }: Acting) {
  const at = new Date(clock.now()).toISOString();
  return {
    schema: 'flipgate.rollback/1',
    id,
    at,
    pointer: pointer.name,
    trigger,
    causes,
  } as const;
}

async function add(event: RollbackEvent, { setting: { log }, warn }: Acting): Promise<void> {
  try {
    await log.add(event);
  } catch (error) {
    warn(messageOf(error));
  }
}

function openIn({ log, pointer }: RollbackSetting, warn: Acting['warn']): RollbackBegun | undefined {
  try {
    return openRollback(log.events(), pointer.name);
  } catch (error) {
    warn(messageOf(error));
    return undefined;
  }
}

/** What traffic was moved forward after, or what is long ago, is no reason to move it any more. */
function isCurrent({ at }: RollbackBegun, { clock, movedForwardAt }: RollbackSetting): boolean {
  return staleReason(Date.parse(at), { now: clock.now(), movedForwardAt: movedForwardAt?.() }) === undefined;
}
