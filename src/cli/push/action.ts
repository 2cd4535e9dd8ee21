import { existsSync } from 'node:fs';
import path from 'node:path';
import { UserError, exitCodes, type ExitCode } from '../../base/errors.ts';
import { replaceAtomically } from '../../base/files.ts';
import { sanitizeForTerminal } from '../../base/printable.ts';
import type { World } from '../../base/world.ts';
import type { Config } from '../../config/config.ts';
import { secretsOfUrl } from '../../base/redact.ts';
import { interpolate } from '../../config/interpolate.ts';
import { loadConfig } from '../../config/load.ts';
import { unusedBy } from '../../config/unused.ts';
import { reportedArtifacts } from '../../app/arms/reported-artifacts.ts';
import { openRollbackLog } from '../../store/documents/rollback.ts';
import { registryOf, textType } from '../../exporter/prometheus.ts';
import {
  armsInSnapshot,
  deleteGroup,
  groupPath,
  pushedGroups,
  putGroup,
} from '../../exporter/push-gateway.ts';
import type { Snapshot } from '../../exporter/snapshot.ts';
import { followConfiguredGold } from '../../app/configured-gold.ts';
import { sourceOf } from '../../app/export.ts';
import { versionsReaders } from '../../app/arms/versions-readers.ts';
import type { PushFlags } from './flags.ts';

/** Sends the series of a store once, everywhere that is named. Throws a `UserError` (exit 4) when something did not arrive. */
export async function push(written: PushFlags, world: World): Promise<ExitCode> {
  const flags = withVariables(written, world);
  checkFlags(flags);
  const config = await loadConfig(flags, world, { unused: unusedBy.pushing });
  if (flags.delete === true) return deleteGroups(flags.gateway ?? '', config, world);
  const snapshot = await snapshotOnce(config, world, await versionsReaders(config, world));
  if (snapshot.arms.length === 0 && snapshot.verdicts.length === 0)
    throw new UserError(`store "${config.store}" has no run and no verdict: there is nothing to push`, {
      hint: 'flipgate run makes runs, flipgate gate makes verdicts',
      exitCode: exitCodes.error,
    });
  await pushEverywhere(flags, snapshot, world);
  return exitCodes.pass;
}

/** A password in an argument stands in the list of processes; the name of a variable may. */
function withVariables({ gateway, otlp, ...rest }: PushFlags, world: World): PushFlags {
  const filled = (flag: string, url: string): string => {
    const { value, unset } = interpolate({ value: url, where: () => flag }, world.environment);
    if (unset[0] !== undefined) throw unset[0].error;
    const whole = String(value);
    world.onSecrets?.(secretsOfUrl(whole));
    return whole;
  };
  return {
    ...rest,
    ...(gateway === undefined ? {} : { gateway: filled('--gateway', gateway) }),
    ...(otlp === undefined ? {} : { otlp: filled('--otlp', otlp) }),
  };
}

function checkFlags({ gateway, textfile, otlp, delete: isDelete }: PushFlags): void {
  if ([gateway, textfile, otlp].every((place) => place === undefined))
    throw new UserError('nowhere to push to', { hint: 'name --gateway URL, --textfile PATH or --otlp URL' });
  for (const [flag, url] of Object.entries({ '--gateway': gateway, '--otlp': otlp }))
    if (url !== undefined && !(URL.canParse(url) && /^https?:$/u.test(new URL(url).protocol)))
      throw new UserError(`${flag} "${withoutSecrets(url)}" is not an http or https URL`, {
        hint: 'for example http://127.0.0.1:9091',
      });
  if (textfile !== undefined && !textfile.endsWith('.prom'))
    throw new UserError(`--textfile "${textfile}" does not end with ".prom"`, {
      hint: 'node_exporter reads no other files',
    });
  if (isDelete === true && (gateway === undefined || textfile !== undefined || otlp !== undefined))
    throw new UserError('--delete goes with --gateway alone', {
      hint: 'a file is deleted with rm; OTLP has no deleting',
    });
}

/** What is no URL may yet have a password in it, or a key behind its question mark. */
function withoutSecrets(text: string): string {
  return sanitizeForTerminal(text.replace(/^.*@/su, '').replace(/[?#].*$/su, ''));
}

async function snapshotOnce(
  config: Config,
  world: World,
  readers: Awaited<ReturnType<typeof versionsReaders>>,
): Promise<Snapshot> {
  const now = (): number => world.clock.now();
  const reported = reportedArtifacts({ readers, now, onChange: () => undefined });
  const gold = await followConfiguredGold(config, {
    workingDirectory: world.workingDirectory,
    clock: world.clock,
    onProblem: () => undefined,
  });
  try {
    await reported.asked;
    const rollbacks = openRollbackLog(config.store, now);
    const source = sourceOf(config, world, { gold, rollbacks, reported, onCall: () => undefined });
    await source.ready();
    return source.snapshot();
  } finally {
    gold.close();
    await reported.close();
  }
}

/** Each place gets what it can get: one that fails keeps nothing from the others. */
async function pushEverywhere(
  { gateway, textfile, otlp }: PushFlags,
  snapshot: Snapshot,
  world: World,
): Promise<void> {
  const failures: UserError[] = [];
  const places = [
    gateway === undefined ? undefined : () => toGateway(gateway, snapshot, world),
    textfile === undefined ? undefined : () => toFile(textfile, snapshot, world),
    otlp === undefined ? undefined : () => toReceiver(otlp, snapshot, world),
  ];
  for (const pushTo of places)
    await pushTo?.().catch((error: unknown) => {
      if (!(error instanceof UserError)) throw error;
      failures.push(error);
    });
  const [first, ...others] = failures;
  if (first === undefined) return;
  if (others.length === 0) throw first;
  throw new UserError(failures.map(({ message }) => message).join('; '), {
    hint: failures.map(({ hint }) => hint).join('; '),
    exitCode: exitCodes.error,
  });
}

async function toGateway(gateway: string, snapshot: Snapshot, world: World): Promise<void> {
  const groups = await pushedGroups(snapshot);
  for (const [group, body] of groups) await putGroup(gateway, group, body);
  world.stdout.write(`pushed ${groups.size} groups to ${new URL(gateway).origin}\n`);
}

async function toFile(textfile: string, snapshot: Snapshot, world: World): Promise<void> {
  const file = path.resolve(world.workingDirectory, textfile);
  const hint =
    "the folder is the one that node_exporter's --collector.textfile.directory names, and has to be there";
  if (!existsSync(path.dirname(file)))
    throw new UserError(`"${textfile}" cannot be written: its folder is not there`, {
      hint,
      exitCode: exitCodes.error,
    });
  await replaceAtomically(file, await registryOf(snapshot, { type: textType }).metrics(), hint);
  world.stdout.write(`wrote ${textfile}\n`);
}

async function toReceiver(otlp: string, snapshot: Snapshot, world: World): Promise<void> {
  const { otlpHeaders, resourceMetricsOf, sendOtlp } = await import('../../exporter/otlp/open-telemetry.ts');
  const headers = otlpHeaders(world.environment['OTEL_EXPORTER_OTLP_HEADERS']);
  await sendOtlp(resourceMetricsOf(snapshot, world.clock.now()), otlp, headers);
  world.stdout.write(`sent the series to ${new URL(otlp).origin}\n`);
}

/** Of every arm that the store or the configuration knows. */
async function deleteGroups(gateway: string, config: Config, world: World): Promise<ExitCode> {
  const names = new Set([
    ...config.arms.keys(),
    ...armsInSnapshot(await snapshotOnce(config, world, new Map())),
  ]);
  for (const arm of [undefined, ...names]) await deleteGroup(gateway, groupPath(arm));
  world.stdout.write(`deleted ${names.size + 1} groups at ${new URL(gateway).origin}\n`);
  return exitCodes.pass;
}
