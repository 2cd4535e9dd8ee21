import { defaultMaxResponseBytes, type ArmContext } from '../../arms/context.ts';
import { openArm } from '../../arms/kinds.ts';
import type { ArmSettings } from '../../arms/options.ts';
import { UserError } from '../../base/errors.ts';
import type { Redact } from '../../base/redact.ts';
import { packageVersion } from '../../base/version.ts';
import type { World } from '../../base/world.ts';
import type { Config } from '../../config/config.ts';
import type { Embedder } from '../../embed/embedder.ts';
import { armAddress } from './arm-address.ts';
import { findRun } from '../../store/find-run.ts';
import type { SessionArm } from '../../asking/session.ts';

export interface ArmOpening {
  readonly config: Config;
  readonly world: Pick<World, 'environment' | 'clock'>;
  readonly redact: Redact;
  readonly embedder: Embedder;
}

/** The names of the arms to ask: the ones wanted, or all. Throws a `UserError` for an unknown name or when there is none. */
export function chosenArms(config: Config, wanted: readonly string[] | undefined): readonly string[] {
  const known = [...config.arms.keys()];
  if (known.length === 0) {
    throw new UserError('no arm is configured', {
      hint: 'name URLs with --blue and --green, or write a configuration with flipgate init',
    });
  }
  for (const name of wanted ?? []) {
    if (!config.arms.has(name))
      throw new UserError(`arm "${name}" is not configured`, { hint: `arms: ${known.join(', ')}` });
  }
  return wanted === undefined ? known : known.filter((name) => wanted.includes(name));
}

/** Opens arms by name. When one cannot be opened the others are closed again. */
export async function openArms(
  names: readonly string[],
  opening: ArmOpening,
): Promise<readonly SessionArm[]> {
  const opened: SessionArm[] = [];
  try {
    for (const name of names) opened.push(await openOne(name, names.length, opening));
    return opened;
  } catch (error) {
    await closeArms(opened);
    throw error;
  }
}

/** Closes arms; what one throws at its end changes nothing any more. */
export async function closeArms(arms: readonly SessionArm[]): Promise<void> {
  await Promise.allSettled(arms.map(({ arm }) => arm.close()));
}

async function openOne(name: string, count: number, opening: ArmOpening): Promise<SessionArm> {
  const settings = opening.config.arms.get(name);
  if (settings === undefined) throw new RangeError(`arm ${name} was chosen but is not configured`);
  checkSecrets(name, settings, opening.world.environment);
  const arm = await openArm(settings, contextOf(name, opening));
  const { concurrency, timeoutSeconds, retries, abortAfter, cites, prices } = settings;
  const { rate } = opening.config.plan;
  return {
    arm,
    address: armAddress(settings),
    role: roleOf(name, count, opening.config),
    settings: { concurrency, timeoutSeconds, retries, abortAfter, rate },
    cites,
    prices,
  };
}

function checkSecrets(name: string, settings: ArmSettings, environment: World['environment']): void {
  const missing = (settings.requiredSecrets ?? []).filter((variable) => (environment[variable] ?? '') === '');
  if (missing.length > 0)
    throw new UserError(
      `arm "${name}" needs ${missing.map((variable) => `"${variable}"`).join(', ')} in the environment`,
      {
        hint: 'set it and start again',
      },
    );
}

function contextOf(name: string, { config, world, redact, embedder }: ArmOpening): ArmContext {
  return {
    name,
    workingDirectory: config.folder,
    redact,
    environment: world.environment,
    clock: world.clock,
    userAgent: `flipgate/${packageVersion()}`,
    maxResponseBytes: defaultMaxResponseBytes,
    openEmbedder: () => Promise.resolve(embedder),
    readRun: async (reference) => (await findRun(config.store, reference, config.folder)).path,
  };
}

function roleOf(name: string, count: number, config: Config): SessionArm['role'] {
  if (count === 1) return 'single';
  if (name === config.baseline) return 'baseline';
  return name === config.candidate ? 'candidate' : 'single';
}
