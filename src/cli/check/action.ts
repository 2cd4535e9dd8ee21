import { exitCodes, type ExitCode } from '../../base/errors.ts';
import type { World } from '../../base/world.ts';
import { loadConfig } from '../../config/load.ts';
import { unusedBy } from '../../config/unused.ts';
import { planOf } from '../../plan/plan.ts';
import { loadGold } from '../../gold/load.ts';
import { chosenArms } from '../../app/arms/open-arms.ts';
import { checkArms } from '../../app/check/check-arms.ts';
import type { CheckFlags } from './flags.ts';
import { printChecks } from './output.ts';

/** One call per arm, and everything that a first run needs. Exit 0 when nothing stands in the way of a run, 4 when an arm gives no answer. */
export async function check(flags: CheckFlags, world: World): Promise<ExitCode> {
  const config = await loadConfig(flags, world, { unused: unusedBy.checking });
  const gold = await loadGold(config.gold, {
    workingDirectory: world.workingDirectory,
    corpusRoot: config.corpus,
  });
  const plan = planOf(gold, config.plan);
  const names = chosenArms(config, flags.arm);
  const checks = await checkArms(names, { config, gold, plan, world });
  printChecks({ checks, gold, plan, config, json: flags.json === true, world });
  return checks.every(({ outcome }) => outcome === 'ok') ? exitCodes.pass : exitCodes.error;
}
