import path from 'node:path';
import type { ExitCode } from '../../base/errors.ts';
import { packageRoot } from '../../base/folders.ts';
import { createRedactor } from '../../base/redact.ts';
import type { World } from '../../base/world.ts';
import type { Config } from '../../config/config.ts';
import { configOf } from '../../config/load.ts';
import { planOf } from '../../plan/plan.ts';
import { launchReferenceArms, type ReferenceArms } from '../../demo/launch.ts';
import { scenarioNamed } from '../../demo/scenarios.ts';
import { defaultCacheFolder } from '../../embed/cache-folder.ts';
import { configuredPolicy } from '../../gates/policy.ts';
import { loadGold } from '../../gold/load.ts';
import type { DemoFlags } from './flags.ts';
import { runAll } from '../run/run-all.ts';
import { endWithGate } from '../run/run-gate.ts';

const goldFolder = path.join(packageRoot(), 'gold');

/** Serves the reference arms on loopback, asks both the shipped gold set, and judges what was measured: the exit code is the gate's. */
export async function demo(flags: DemoFlags, world: World): Promise<ExitCode> {
  const scenario = scenarioNamed(flags.scenario);
  if (flags.quiet !== true)
    world.stderr.write(
      `scenario ${scenario.name}: ${scenario.sentence}\nindexing the handbook and starting both arms\n`,
    );
  const arms = await launchReferenceArms({
    scenario: scenario.name,
    goldFolder,
    cacheFolder: defaultCacheFolder(world.environment),
  });
  try {
    return await runDemo(configFor(arms, flags, world), flags, world);
  } finally {
    await arms.close();
  }
}

async function runDemo(config: Config, flags: DemoFlags, world: World): Promise<ExitCode> {
  const gold = await loadGold(config.gold, { workingDirectory: world.workingDirectory });
  const setting = { flags: { ...flags, scores: true }, world, config, gold };
  const prepared = {
    ...setting,
    plan: planOf(gold, config.plan),
    names: [config.baseline, config.candidate],
    redact: createRedactor(config.secrets),
  };
  return endWithGate(configuredPolicy('acceptance', config.gates), prepared, await runAll(prepared));
}

function configFor({ arms }: ReferenceArms, flags: DemoFlags, world: World): Config {
  const store = flags.store ?? world.environment['FLIPGATE_STORE'] ?? 'reports';
  const gates = {
    acceptance: { rules: { rollback_drill: { waived: 'the demo has no pointer to flip back' } } },
  };
  const value = {
    gold: path.join(goldFolder, 'handbook'),
    store,
    gates,
    arms: { blue: armOf(arms.blue), green: armOf(arms.green) },
  };
  return configOf(value, world);
}

function armOf({ url, versionsUrl, pins }: ReferenceArms['arms']['blue']): object {
  return { kind: 'http', url, versionsUrl, pins, cites: true, concurrency: 8 };
}
