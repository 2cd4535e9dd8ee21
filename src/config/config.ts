import type { ArmSettings } from '../arms/options.ts';
import type { View } from '../scoring/record.ts';
import type { ScoringOptions } from '../scoring/scoring-options.ts';
import type { EmbedderConfig } from '../embed/schema.ts';
import type { GateSettings } from '../gates/schema.ts';
import type { RollbackConfig } from '../pointers/rollback-schema.ts';
import type { SigningSettings } from './signing-schema.ts';
import type { ServeSettings } from '../exporter/serve-schema.ts';

export interface PlanSettings {
  readonly paraphrases: number;
  readonly seeds: readonly number[];
  readonly warmup: number;
  readonly orderSeed: number;
  readonly limit?: number | undefined;
  readonly tag?: string | undefined;
  readonly maxCalls?: number | undefined;
  /** Calls per second and arm: an open loop. */
  readonly rate?: number | undefined;
}

/** The plan as the file has it, without flags and environment. */
export interface WrittenPlan extends Pick<PlanSettings, 'paraphrases' | 'seeds' | 'limit' | 'tag'> {
  /** Whether the file itself says how many paraphrases or which seeds. */
  readonly isExplicit: boolean;
}

/** Everything a command needs to know, checked and frozen: file, environment and flags in one. */
export interface Config {
  /** The file it came from, absolute; absent when flags said everything. */
  readonly file?: string;
  /** What relative paths in the file are relative to. */
  readonly folder: string;
  readonly gold: string;
  readonly corpus?: string | undefined;
  readonly baseline: string;
  readonly candidate: string;
  readonly plan: PlanSettings;
  readonly writtenPlan: WrittenPlan;
  readonly embedder: EmbedderConfig;
  readonly store: string;
  /** Octal. */
  readonly storeMode: string;
  readonly view: View;
  readonly scoring: Omit<ScoringOptions, 'cites' | 'view'>;
  readonly arms: ReadonlyMap<string, ArmSettings>;
  /** The gates as written, by name; `policyOf` settles them. */
  readonly gates: Readonly<Record<string, GateSettings>>;
  readonly serve: ServeSettings;
  readonly rollback?: RollbackConfig | undefined;
  /** Paths absolute. */
  readonly signing?: SigningSettings | undefined;
  /** What must never be written anywhere. */
  readonly secrets: readonly string[];
  /** SHA-256 of the canonical form, secrets redacted. */
  readonly sha256: string;
}
