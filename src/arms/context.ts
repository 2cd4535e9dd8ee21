import type * as z from 'zod';
import type { Redact } from '../base/redact.ts';
import type { Clock, World } from '../base/world.ts';
import type { Arm } from './arm.ts';
import type { ArmSettings } from './options.ts';

/** What an arm needs of an embedder: the vectors of texts, and by which model they were made. */
export interface TextEmbedder {
  identity(): Promise<{ readonly id: string }>;
  embed(
    texts: readonly string[],
    options?: { readonly signal?: AbortSignal },
  ): Promise<readonly Float32Array[]>;
}

/** What an arm is given of the world outside its own settings. */
export interface ArmContext {
  /** The arm's name in the configuration. */
  readonly name: string;
  /** Relative paths in the settings start here. */
  readonly workingDirectory: string;
  readonly redact: Redact;
  /** What a program that is an arm inherits. */
  readonly environment: World['environment'];
  /** What answers are timed by. */
  readonly clock: Clock;
  /** `flipgate/<version>`. */
  readonly userAgent: string;
  /** The size limit of a response, in bytes after decompression. */
  readonly maxResponseBytes: number;
  /** The configured embedder. It stays its giver's: an arm never closes it. */
  readonly openEmbedder?: () => Promise<TextEmbedder>;
  /** The folder of the run that a reference names: an id, a path or an arm's name. */
  readonly readRun?: (reference: string) => Promise<string>;
}

/** The size limit unless the configuration says otherwise: 8 MiB. */
export const defaultMaxResponseBytes = 8 * 1024 * 1024;

/** One kind of arm: its name, the schema of its settings, and the way to open it. Opening throws a `UserError` for what the user can fix. */
export interface ArmKind {
  readonly kind: string;
  readonly schema: z.ZodType<ArmSettings>;
  open(settings: ArmSettings, context: ArmContext): Promise<Arm>;
}

/** A kind whose `open` gets its settings typed by its own schema. */
export function defineKind<Settings extends ArmSettings>(kind: {
  readonly kind: Settings['kind'];
  readonly schema: z.ZodType<Settings>;
  open(settings: Settings, context: ArmContext): Promise<Arm>;
}): ArmKind {
  return {
    kind: kind.kind,
    schema: kind.schema,
    open: (settings, context) => kind.open(kind.schema.parse(settings), context),
  };
}
