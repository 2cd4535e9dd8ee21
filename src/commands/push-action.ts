import path from 'node:path';
import { UserError, exitCodes, type ExitCode } from '../base/errors.ts';
import { writeAtomically } from '../base/files.ts';
import type { World } from '../base/world.ts';
import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import { reportedArtifacts } from '../engine/reported-artifacts.ts';
import { openRollbackHistory } from '../engine/rollback-history.ts';
import { registryOf, textType } from '../telemetry/prometheus.ts';
import { deleteGroup, groupPath, pushedGroups, putGroup } from '../telemetry/push-gateway.ts';
import type { Snapshot } from '../telemetry/snapshot.ts';
import { configuredGold } from './configured-gates.ts';
import { sourceOf, versionsReaders } from './exported.ts';
import type { PushFlags } from './push.ts';

/** Sends the series of a store once, everywhere that is named. Throws a `UserError` (exit 4) when something did not arrive. */
export async function push(flags: PushFlags, world: World): Promise<ExitCode> {
  checkFlags(flags);
  const config = await loadConfig(flags, world);
  const snapshot = await snapshotOnce(config, world);
  if (flags.delete === true) return deleteGroups(flags.gateway ?? '', snapshot, world);
  if (snapshot.arms.length === 0 && snapshot.verdicts.length === 0)
    throw new UserError(`store "${config.store}" has no run and no verdict: there is nothing to push`, {
      hint: 'flipgate run makes runs, flipgate gate makes verdicts',
      exitCode: exitCodes.error,
    });
  await pushEverywhere(flags, snapshot, world);
  return exitCodes.pass;
}

function checkFlags({ gateway, textfile, otlp, delete: isDelete }: PushFlags): void {
  if ([gateway, textfile, otlp].every((place) => place === undefined))
    throw new UserError('nowhere to push to', { hint: 'name --gateway URL, --textfile PATH or --otlp URL' });
  for (const [flag, url] of Object.entries({ '--gateway': gateway, '--otlp': otlp }))
    if (url !== undefined && !(URL.canParse(url) && /^https?:$/u.test(new URL(url).protocol)))
      throw new UserError(`${flag} "${url.replace(/\/\/.*@/u, '//')}" is not an http or https URL`);
  if (textfile !== undefined && !textfile.endsWith('.prom'))
    throw new UserError(`--textfile "${textfile}" does not end with ".prom"`, { hint: 'node_exporter reads no other files' });
  if (isDelete === true && (gateway === undefined || textfile !== undefined || otlp !== undefined))
    throw new UserError('--delete goes with --gateway alone', { hint: 'a file is deleted with rm; OTLP has no deleting' });
}

async function snapshotOnce(config: Config, world: World): Promise<Snapshot> {
  const now = (): number => world.clock.now();
  const reported = reportedArtifacts({ readers: await versionsReaders(config), now, onChange: () => undefined });
  const gold = await configuredGold(config, world.workingDirectory, () => undefined);
  try {
    await reported.asked;
    const history = openRollbackHistory(config.store);
    return sourceOf(config, world, { gold, history, reported, onCall: () => undefined }).snapshot();
  } finally {
    gold.close();
    await reported.close();
  }
}

async function pushEverywhere({ gateway, textfile, otlp }: PushFlags, snapshot: Snapshot, world: World): Promise<void> {
  if (gateway !== undefined) {
    const groups = await pushedGroups(snapshot);
    for (const [group, body] of groups) await putGroup(gateway, group, body);
    world.stdout.write(`pushed ${groups.size} groups to ${new URL(gateway).origin}\n`);
  }
  if (textfile !== undefined) {
    const file = path.resolve(world.workingDirectory, textfile);
    await writeAtomically(file, await registryOf(snapshot, { type: textType }).metrics());
    world.stdout.write(`wrote ${textfile}\n`);
  }
  if (otlp !== undefined) {
    const { resourceMetricsOf, sendOtlp } = await import('../telemetry/open-telemetry.ts');
    await sendOtlp(resourceMetricsOf(snapshot, world.clock.now()), otlp);
    world.stdout.write(`sent the series to ${new URL(otlp).origin}\n`);
  }
}

async function deleteGroups(gateway: string, { arms, verdicts }: Snapshot, world: World): Promise<ExitCode> {
  const names = new Set([...arms, ...verdicts].map(({ arm }) => arm));
  for (const arm of [undefined, ...names]) await deleteGroup(gateway, groupPath(arm));
  world.stdout.write(`deleted ${names.size + 1} groups at ${new URL(gateway).origin}\n`);
  return exitCodes.pass;
}
