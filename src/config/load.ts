import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { ArmSettings } from '../arms/options.ts';
import { canonicalJson, sha256 } from '../base/canonical.ts';
import { UserError, messageOf } from '../base/errors.ts';
import { defaultRefusalPhrases } from '../scoring/refusals/refusal.ts';
import { isPrivatePem } from '../base/integrity/keys.ts';
import { createRedactor } from '../base/redact.ts';
import { decodeUtf8 } from '../base/utf8.ts';
import { checkRoles, readArms } from './arms.ts';
import type { Config } from './config.ts';
import { findConfigFile } from './find.ts';
import { withServe, withUrls, type FurtherArms } from './given.ts';
import { interpolate } from './interpolate.ts';
import { environmentOverrides, type Overrides } from './overrides.ts';
import { parseText, type ParsedText } from './parse.ts';
import { problemsError } from './problems.ts';
import { topSchema } from './schema.ts';
import type { SigningSettings } from './signing-schema.ts';
import { secretsOf } from './secrets.ts';
import { setStoreMode } from '../base/regular-file.ts';
import { withoutUnused, type ConfigPart } from './unused.ts';

export interface Surroundings {
  readonly workingDirectory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly onSecrets?: ((secrets: readonly string[]) => void) | undefined;
}

export interface ConfigOptions {
  /** What the command does without: variables that only stand there need not be set. Nothing by default. */
  readonly unused?: readonly ConfigPart[];
  /** Arms that its own flags stand for, as they would be written in the file; one of the file with the same name wins. */
  readonly further?: FurtherArms;
}

/**
 * File, environment and flags as one checked, frozen configuration. Without a file, flags alone can say enough.
 * Throws a `UserError` with file, line, what was found and what was expected.
 */
export async function loadConfig(
  flags: Overrides,
  around: Surroundings,
  { further = {}, unused = [] }: ConfigOptions = {},
): Promise<Config> {
  const overrides = { ...environmentOverrides(around.environment), ...flags };
  const file = await findConfigFile({
    folder: around.workingDirectory,
    named: overrides.config,
    sudoUser: around.environment['SUDO_UID'],
  });
  if (file === undefined)
    return settle({ parsed: parseText('{}', 'flags'), overrides, around, further, unused });
  const shown = path.relative(around.workingDirectory, file) || file;
  const parsed = parseText(await readText(file, shown), shown);
  return settle({ parsed, overrides, around, file, further, unused });
}

/** A configuration from a value instead of a file; checked alike. Relative paths start at the working directory. */
export function configOf(value: unknown, around: Surroundings): Config {
  return settle({
    parsed: parseText(JSON.stringify(value), 'configuration'),
    overrides: {},
    around,
    further: {},
    unused: [],
  });
}

interface Source {
  readonly parsed: ParsedText;
  readonly overrides: Overrides;
  readonly around: Surroundings;
  readonly file?: string;
  readonly further: FurtherArms;
  readonly unused: readonly ConfigPart[];
}

function settle({ parsed, overrides, around, file, further, unused }: Source): Config {
  const { value: filled, used, unset } = interpolate(parsed, around.environment);
  const { value, dropped } = withoutUnused(filled, unset, unused);
  const raw = withServe(withUrls(value, { ...overrides, further }, parsed), overrides);
  const top = topSchema.safeParse(raw);
  if (!top.success) throw problemsError(top.error.issues, { parsed, prefix: [], schema: topSchema });
  if (!dropped.has('arms')) checkRoles(top.data, parsed);
  const secrets = [...secretsOf(raw, used), ...tokensOf(top.data)];
  around.onSecrets?.(secrets);
  setStoreMode(Number.parseInt(top.data.storeMode, 8));
  const folder = file === undefined ? around.workingDirectory : path.dirname(file);
  const merged = merge({ top: top.data, raw }, readArms(top.data.arms, parsed), overrides);
  const redact = createRedactor(secrets);
  const { writtenPlan: _written, ...effective } = merged;
  const sha = sha256(redact(canonicalJson({ ...effective, arms: Object.fromEntries(merged.arms) })));
  const paths = resolvePaths(merged, overrides, { folder, workingDirectory: around.workingDirectory });
  return deepFreeze({
    ...merged,
    ...paths,
    ...(file === undefined ? {} : { file }),
    folder,
    secrets,
    sha256: sha,
  });
}

async function readText(file: string, shown: string): Promise<string> {
  const bytes = await readFile(file).catch((error: unknown) => {
    throw new UserError(`configuration file "${shown}" cannot be read: ${messageOf(error)}`);
  });
  const decoded = decodeUtf8(bytes);
  if (decoded.ok) return decoded.text;
  throw new UserError(`${shown}:${decoded.line}: the configuration ${decoded.problem}`, {
    hint: 'save it as UTF-8',
  });
}

function tokensOf({ serve, signing }: Top): readonly string[] {
  const { key = '' } = signing ?? {};
  // Of a key in PEM the lines between its frame are what nobody may see.
  const lines = isPrivatePem(key) ? [key, ...key.split(/\s*-----[^-]*-----\s*/u)] : [];
  return [serve.token, serve.readToken, ...lines].flatMap((token) => token || []);
}

type Top = ReturnType<typeof topSchema.parse>;
type Merged = Omit<Config, 'file' | 'folder' | 'secrets' | 'sha256'>;

/** A configuration as it was written, and with its defaults. */
interface Written {
  readonly top: Top;
  readonly raw: unknown;
}

function merge({ top, raw }: Written, arms: ReadonlyMap<string, ArmSettings>, overrides: Overrides): Merged {
  const { gates = {}, scoring, plan, ...rest } = top;
  const { paraphrases, seeds, warmup, limit, tag, maxCalls, rate, concurrency, timeout } = overrides;
  const given = Object.fromEntries(
    Object.entries({ paraphrases, seeds, warmup, limit, tag, maxCalls, rate }).filter(
      ([, value]) => value !== undefined,
    ),
  );
  const perArm = {
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(timeout === undefined ? {} : { timeoutSeconds: timeout }),
  };
  return {
    ...rest,
    gates,
    plan: sortedSeeds({ ...plan, ...given }),
    writtenPlan: { ...sortedSeeds(plan), isExplicit: isPlanWritten(raw) },
    scoring: { ...scoring, refusalPhrases: scoring.refusalPhrases ?? defaultRefusalPhrases },
    arms: new Map([...arms].map(([name, arm]) => [name, { ...arm, ...perArm }])),
  };
}

function isPlanWritten(raw: unknown): boolean {
  const plan = (raw as { readonly plan?: unknown }).plan; // the schema has accepted it
  return typeof plan === 'object' && plan !== null && ('seeds' in plan || 'paraphrases' in plan);
}

/** In ascending order: records and ties go by it, whatever order the user wrote. */
function sortedSeeds<P extends Config['plan']>(plan: P): P {
  return { ...plan, seeds: [...plan.seeds].sort((a, b) => a - b) };
}

/** Paths of the file are relative to the file, paths of flags and variables to the working directory. */
function resolvePaths(
  merged: Merged,
  overrides: Overrides,
  folders: { folder: string; workingDirectory: string },
): Partial<Config> {
  const at = (own: string | undefined, value: string): string =>
    path.resolve(own === undefined ? folders.folder : folders.workingDirectory, own ?? value);
  return {
    gold: at(overrides.gold, merged.gold),
    store: at(overrides.store, merged.store),
    ...(merged.signing === undefined ? {} : { signing: signingPaths(merged.signing, folders.folder) }),
    ...(merged.corpus === undefined ? {} : { corpus: path.resolve(folders.folder, merged.corpus) }),
  };
}

/** The key itself, where it is none of a file, stays what it is. */
function signingPaths(signing: SigningSettings, folder: string): SigningSettings {
  const at = (file: string): string => (isPrivatePem(file) ? file : path.resolve(folder, file));
  const { key, hmac, seen } = signing;
  return {
    ...signing,
    ...(key === undefined ? {} : { key: at(key) }),
    ...(hmac === undefined ? {} : { hmac: at(hmac) }),
    ...(seen === undefined ? {} : { seen: at(seen) }),
  };
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const member of Object.values(value)) deepFreeze(member);
  }
  return value;
}
