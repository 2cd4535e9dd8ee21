import { stat } from 'node:fs/promises';
import path from 'node:path';
import { UserError, exitCodes, type ExitCode } from '../../base/errors.ts';
import { createRedactor } from '../../base/redact.ts';
import type { World } from '../../base/world.ts';
import type { Config } from '../../config/config.ts';
import { loadConfig } from '../../config/load.ts';
import { unusedBy } from '../../config/unused.ts';
import type { GoldSet } from '../../plan/gold-set.ts';
import { planOf } from '../../plan/plan.ts';
import { policyOf, type Policy } from '../../gates/policy.ts';
import { retrievalRules } from '../../gates/rules.ts';
import { loadGold } from '../../gold/load.ts';
import { runAll } from '../run/run-all.ts';
import { endWithGate } from '../run/run-gate.ts';
import type { WfgyEvalFlags } from './flags.ts';

const gateName = 'wfgy_eval';
const maxParaphrases = 3;
const onlySeed = [1];

/** Asks an index every question and judges coverage, semantic distance and the error rate; the exit code is the verdict's. */
export async function evaluateIndex(flags: WfgyEvalFlags, world: World): Promise<ExitCode> {
  const limits = {
    coverage: limitOf('--min-cov', flags.minCov, 1),
    semantic_distance: limitOf('--max-ds', flags.maxDs, 2),
  };
  const { config, arm } = await armOf(flags, world);
  const gold = await loadGold(config.gold, {
    workingDirectory: world.workingDirectory,
    corpusRoot: config.corpus,
  });
  const plan = planOf(gold, {
    ...config.plan,
    paraphrases: flags.paraphrases ?? paraphrasesIn(gold),
    seeds: [...(flags.seeds ?? onlySeed)].sort((a, b) => a - b),
  });
  const policy = policyFor(limits, plan.phrasings - 1);
  const prepared = {
    flags: { ...flags, scores: true },
    world,
    config: { ...config, candidate: arm },
    gold,
    plan,
    names: [arm],
    redact: createRedactor(config.secrets),
  };
  return endWithGate(policy, prepared, await runAll(prepared));
}

function limitOf(flag: string, text: string, largest: number): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value <= largest) return value;
  throw new UserError(`${flag} "${text}" is not a number from 0 to ${largest}`);
}

function policyFor(
  limits: Readonly<Record<'coverage' | 'semantic_distance', number>>,
  paraphrases: number,
): Policy {
  const rules = {
    coverage: { limit: limits.coverage },
    semantic_distance: { limit: limits.semantic_distance },
  };
  return policyOf(
    gateName,
    { rules, minPlan: { questions: 'all', paraphrases: Math.max(1, paraphrases), seeds: 1 } },
    { defaults: retrievalRules },
  );
}

/** As many paraphrases as every question has. */
function paraphrasesIn({ questions }: GoldSet): number {
  return questions.reduce((fewest, { paraphrases }) => Math.min(fewest, paraphrases.length), maxParaphrases);
}

/** The configured arm of this name, else an arm for the index at this path. */
async function armOf(flags: WfgyEvalFlags, world: World): Promise<{ config: Config; arm: string }> {
  const { index } = flags;
  const configured = await loadConfig(flags, world, { unused: unusedBy.asking });
  if (configured.arms.has(index)) return { config: configured, arm: index };
  const place = path.resolve(world.workingDirectory, index);
  if (!(await exists(place))) {
    const arms = [...configured.arms.keys()];
    throw new UserError(`"${index}" is neither a configured arm nor an index`, {
      hint: `build one with flipgate index build --from DIR --out ${index}${arms.length === 0 ? '' : `; arms: ${arms.join(', ')}`}`,
      exitCode: exitCodes.usage,
    });
  }
  const arm = nameFor(place, configured);
  return {
    config: await loadConfig(flags, world, {
      unused: unusedBy.asking,
      further: { [arm]: { kind: 'index', index: place } },
    }),
    arm,
  };
}

/** An arm's name from the last part of a path, other than any that is configured. */
function nameFor(place: string, { arms }: Config): string {
  const name = path
    .basename(place, path.extname(place))
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/gu, '-')
    .replaceAll(/^-+|-+$/gu, '')
    .slice(0, 30);
  const own = name === '' ? 'index' : name;
  return arms.has(own) ? `${own}-path` : own;
}

async function exists(place: string): Promise<boolean> {
  return stat(place).then(
    () => true,
    () => false,
  );
}
