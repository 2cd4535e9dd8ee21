import path from 'node:path';
import { exitCodes, UserError, type ExitCode } from '../../base/errors.ts';
import type { World } from '../../base/world.ts';
import { loadConfig } from '../../config/load.ts';
import { unusedBy } from '../../config/unused.ts';
import { parseTimestamp } from '../../base/timestamp.ts';
import { namePattern } from '../../base/name-pattern.ts';
import { storeDrill } from '../../store/documents/drill.ts';
import type { Drill } from '../../gates/context.ts';
import { signingOf } from '../../app/signing/signing.ts';
import type { DrillFlags } from './flags.ts';

const secondsOfDay = 86_400;

/** Records a drill that was made by other means. */
export async function recordDrill(flags: DrillFlags, world: World): Promise<ExitCode> {
  const config = await loadConfig(flags, world, { unused: unusedBy.noting });
  const drill = drillOf(flags, world);
  const file = await storeDrill(config.store, drill, signingOf(config, world).signer());
  if (flags.json === true) world.stdout.write(`${JSON.stringify(drill)}\n`);
  else
    world.stdout.write(
      `recorded in ${path.relative(world.workingDirectory, file)}${drill.verified ? '' : '; not verified, so it does not pass'}\n`,
    );
  return exitCodes.pass;
}

function drillOf({ pointer, ttr, verified = false, finishedAt, note }: DrillFlags, world: World): Drill {
  if (!namePattern.test(pointer))
    throw new UserError(`--pointer "${pointer}" is not a name`, {
      hint: 'lower-case letters, digits and hyphens',
    });
  return {
    schema: 'flipgate.drill/1',
    pointer,
    finished_at: new Date(finishTime(finishedAt, world.clock.now())).toISOString(),
    ttr_seconds: secondsOf(ttr),
    verified,
    ...(note === undefined ? {} : { note }),
  };
}

function finishTime(text: string | undefined, now: number): number {
  if (text === undefined) return now;
  const time = parseTimestamp(text);
  if (time === undefined)
    throw new UserError(`--finished-at "${text}" is not a time with its zone`, {
      hint: 'for example 2026-11-22T21:30:00Z or 2026-11-22T22:30:00+01:00',
    });
  if (time > now)
    throw new UserError(`--finished-at "${text}" is in the future`, {
      hint: `here it is ${new Date(now).toISOString()}`,
    });
  return time;
}

/** No rollback takes no time, and one of more than a day was none: such a number is a slip. */
function secondsOf(ttr: string): number {
  const seconds = /^\d+(?:\.\d+)?$/u.test(ttr) ? Number(ttr) : 0;
  if (seconds > 0 && seconds <= secondsOfDay) return seconds;
  throw new UserError(`--ttr "${ttr}" is not a number of seconds above 0 and up to a day`, {
    hint: 'for example --ttr 42',
  });
}
