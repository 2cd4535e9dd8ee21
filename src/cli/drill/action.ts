import path from 'node:path';
import { exitCodes, UserError, type ExitCode } from '../../base/errors.ts';
import type { World } from '../../base/world.ts';
import { loadConfig } from '../../config/load.ts';
import { namePattern } from '../../base/name-pattern.ts';
import { storeDrill } from '../../store/documents/verdict-store.ts';
import type { Drill } from '../../gates/context.ts';
import type { DrillFlags } from './flags.ts';

/** Records a drill that was made by other means. */
export async function recordDrill(flags: DrillFlags, world: World): Promise<ExitCode> {
  const { store } = await loadConfig(flags, world);
  const drill = drillOf(flags, world);
  const file = await storeDrill(store, drill);
  if (flags.json === true) world.stdout.write(`${JSON.stringify(drill)}\n`);
  else
    world.stdout.write(
      `recorded in ${path.relative(world.workingDirectory, file)}${drill.verified ? '' : '; not verified, so it does not pass'}\n`,
    );
  return exitCodes.pass;
}

function drillOf({ pointer, ttr, verified = false, finishedAt, note }: DrillFlags, world: World): Drill {
  if (!namePattern.test(pointer))
    throw new UserError(`--pointer "${pointer}" is no name`, {
      hint: 'lower-case letters, digits and hyphens',
    });
  const seconds = Number(ttr);
  if (ttr.trim() === '' || !Number.isFinite(seconds) || seconds < 0)
    throw new UserError(`--ttr "${ttr}" is not a number of seconds`);
  const finished = finishedAt === undefined ? world.clock.now() : Date.parse(finishedAt);
  if (!Number.isFinite(finished))
    throw new UserError(`--finished-at "${finishedAt ?? ''}" is no time`, {
      hint: 'for example 2026-11-22T21:30:00Z',
    });
  if (finished > world.clock.now())
    throw new UserError(`--finished-at "${finishedAt ?? ''}" is in the future`);
  return {
    schema: 'flipgate.drill/1',
    pointer,
    finished_at: new Date(finished).toISOString(),
    ttr_seconds: seconds,
    verified,
    ...(note === undefined ? {} : { note }),
  };
}
