import type { Config } from '../config/config.ts';
import type { EmbedderConfig } from '../embed/schema.ts';
import type { ConfiguredSubject } from '../gates/configured-subject.ts';
import { scoringSha256, type ScoringOptions } from '../scoring/scoring-options.ts';
import { partSha256, planSha256, type Subject } from '../scoring/subject.ts';
import { armAddress } from './arms/arm-address.ts';

/** A gold set as far as verdicts are held against it. */
export interface GoldHashes {
  /** Its identity; `unreadable` equals no other. */
  readonly sha256: string;
  /** Of its questions with the texts of their anchors. */
  readonly resolved: string;
}

/** The options by which an arm's calls are scored. */
export function scoringOf({ scoring, view, arms }: Config, arm: string): ScoringOptions {
  return { ...scoring, view, cites: arms.get(arm)?.cites ?? false };
}

/** How vectors are made does not depend on the rest of an embedder's settings. */
const immaterial = ['apiKey', 'batch', 'timeoutSeconds', 'retries', 'cache', 'threads', 'concurrency'];

/** The hash of the settings that an embedder's vectors depend on. */
export function embedderSha256({ embedder }: { readonly embedder: EmbedderConfig }): string {
  return partSha256(
    Object.fromEntries(Object.entries(embedder).filter(([name]) => !immaterial.includes(name))),
  );
}

/** What a configuration file says that verdicts are about; `undefined` without a file, when nothing is known. */
export function configuredSubject(
  config: Config,
  gold: GoldHashes | undefined,
): ConfiguredSubject | undefined {
  if (config.file === undefined) return undefined;
  return {
    gold: gold?.sha256,
    subjectOf: (arm) => subjectOf(arm, config, gold),
    isConfigured: (arm) => config.arms.size === 0 || config.arms.has(arm),
    choices: {
      baseline: partSha256(config.baseline),
      pins: partSha256(Object.fromEntries([...config.arms].map(([arm, { pins = {} }]) => [arm, pins]))),
      plan: planSha256(config.writtenPlan),
    },
    ...(config.writtenPlan.isExplicit ? { wantedPlan: config.plan } : {}),
  };
}

function subjectOf(arm: string, config: Config, gold: GoldHashes | undefined): Subject {
  const settings = config.arms.get(arm);
  const scoring = scoringOf(config, arm);
  return {
    ...(settings === undefined ? {} : { address: armAddress(settings) }),
    ...(gold === undefined ? {} : { gold: gold.resolved }),
    embedder: embedderSha256(config),
    scoring: scoringSha256(scoring),
    view: partSha256(scoring.view),
  };
}
