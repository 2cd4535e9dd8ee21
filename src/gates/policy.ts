import { canonicalJson, sha256 } from '../base/canonical.ts';
import { UserError } from '../base/errors.ts';
import { nearestName } from '../text/nearest.ts';
import { statisticNamed, statistics } from '../statistics/catalogue.ts';
import type { GateSettings, RuleSettings } from './schema.ts';
import { checkContradictions } from './rule-settings.ts';
import {
  defaultGates,
  type CheckRule,
  type DefaultRule,
  type PreflightRule,
  type StatisticRule,
} from './rules.ts';

interface Common {
  readonly severity: 'decide' | 'warn';
  /** Why the rule is left out. */
  readonly waived?: string;
}

/** A rule that judges a statistic. */
export type PolicyStatisticRule = Omit<StatisticRule, 'severity'> &
  Common & { readonly minQuestions: number; readonly maxMissing: number };

/** A rule that asks the rules of the watch gate. */
export type PolicyPreflightRule = PreflightRule & Common & { readonly stops: readonly PolicyStatisticRule[] };

export type PolicyRule =
  | PolicyStatisticRule
  | (CheckRule & Common & { readonly pointer?: string })
  | PolicyPreflightRule;

/** A gate's rules with everything settled. */
export interface Policy {
  readonly gate: string;
  readonly rules: readonly PolicyRule[];
  readonly maxAgeSeconds: number;
  readonly minPlan: {
    readonly questions: number | 'all';
    readonly paraphrases: number;
    readonly seeds: number;
  };
  /** SHA-256 of all of this. */
  readonly sha256: string;
}

const fullPlan = { questions: 'all', paraphrases: 3, seeds: 2 } as const;
/** A window is as large as its watcher makes it; too few questions are no fresh evidence. */
const windowPlan = { questions: 1, paraphrases: 0, seeds: 1 } as const;
const defaultMinQuestions = 20;
const defaultMaxMissing = 0.02;
const defaultMaxAgeSeconds = 900;

/** What a policy rests on beside its own settings. */
export interface PolicyBasis {
  readonly defaults?: readonly DefaultRule[] | undefined;
  /** The configured watch gate: the acceptance gate asks its rules. */
  readonly watch?: GateSettings | undefined;
}

/** The policy of a gate as it is configured among others. Throws as `policyOf` does. */
export function configuredPolicy(gate: string, gates: Readonly<Record<string, GateSettings>>): Policy {
  return policyOf(gate, gates[gate], { watch: gates['watch'] });
}

/** The policy of a gate. Throws a `UserError` where it is empty, unknown, or contradicts itself. */
export function policyOf(
  gate: string,
  settings: GateSettings | undefined,
  { defaults = defaultGates[gate], watch }: PolicyBasis = {},
): Policy {
  if (settings === undefined && defaults === undefined) throw unknownGate(gate, Object.keys(defaultGates));
  const written = settings?.rules ?? {};
  const known = defaults ?? [];
  const own = Object.entries(written).filter(([name]) => !known.some((rule) => rule.name === name));
  const rules = [
    ...known.map((rule) => settled({ gate, watch }, rule, written[rule.name] ?? {})),
    ...own.map(([name, rule]) => settled({ gate, watch }, ownRule(gate, name, rule), rule)),
  ];
  if (rules.length === 0)
    throw new UserError(`gate "${gate}" has no rules`, {
      hint: 'a gate without rules would decide nothing: write some under rules',
    });
  const least = rules.some(({ kind }) => kind === 'blind') ? windowPlan : fullPlan;
  const {
    questions = least.questions,
    paraphrases = least.paraphrases,
    seeds = least.seeds,
  } = settings?.minPlan ?? {};
  const policy = {
    gate,
    rules,
    maxAgeSeconds: settings?.maxAgeSeconds ?? defaultMaxAgeSeconds,
    minPlan: { questions, paraphrases, seeds },
  };
  return { ...policy, sha256: sha256(canonicalJson(policy)) };
}

/** The rules of the watch gate that can stop, as configured. */
function stopsOf(watch: GateSettings | undefined): readonly PolicyStatisticRule[] {
  return policyOf('watch', watch).rules.flatMap((rule) =>
    rule.kind === 'statistic' && rule.waived === undefined && rule.severity !== 'warn' ? [rule] : [],
  );
}

function unknownGate(gate: string, known: readonly string[]): UserError {
  const near = nearestName(gate, known);
  return new UserError(`gate "${gate}" is not known`, {
    hint:
      near === undefined
        ? `known: ${known.join(', ')}; others are written under gates in the configuration`
        : `did you mean "${near}"?`,
  });
}

function ownRule(
  gate: string,
  name: string,
  { statistic, comparing = 'candidate', direction, limit, evidence }: RuleSettings,
): StatisticRule {
  const everywhere = Object.values(defaultGates).flatMap((rules) => rules.map((rule) => rule.name));
  if (statistic === undefined) {
    const near = nearestName(name, everywhere);
    throw new UserError(`rule "${name}" of gate "${gate}" is not known and names no statistic`, {
      hint: near === undefined ? 'name one, for example statistic: coverage.p05' : `did you mean "${near}"?`,
    });
  }
  const found = knownStatistic(gate, name, statistic);
  if (limit === undefined)
    throw new UserError(`rule "${name}" of gate "${gate}" has no limit`, {
      hint: 'write limit: and a number',
    });
  const natural = found.better === 'lower' ? 'at_most' : 'at_least';
  return {
    name,
    kind: 'statistic',
    statistic,
    comparing,
    direction: direction ?? natural,
    limit,
    evidence: evidence ?? 'balanced',
  };
}

function knownStatistic(
  gate: string,
  name: string,
  statistic: string,
): NonNullable<ReturnType<typeof statisticNamed>> {
  const found = statisticNamed(statistic);
  if (found !== undefined) return found;
  const names = statistics.map((one) => one.name);
  const near = nearestName(statistic, names);
  throw new UserError(`rule "${name}" of gate "${gate}" judges "${statistic}", which is no statistic`, {
    hint: near === undefined ? `statistics: ${names.join(', ')}` : `did you mean "${near}"?`,
  });
}

function settled(
  { gate, watch }: Pick<PolicyBasis, 'watch'> & { readonly gate: string },
  base: DefaultRule,
  settings: RuleSettings,
): PolicyRule {
  checkContradictions(gate, base, settings);
  const ownSeverity = base.kind === 'statistic' ? base.severity : undefined;
  const common = {
    severity: settings.severity ?? ownSeverity ?? 'decide',
    ...(settings.waived === undefined ? {} : { waived: settings.waived }),
  } as const;
  if (base.kind === 'would_be_stopped')
    return { ...base, ...common, stops: settings.waived === undefined ? stopsOf(watch) : [] };
  const limit = settings.limit ?? base.limit;
  if (base.kind === 'statistic') {
    const {
      minQuestions = defaultMinQuestions,
      maxMissing = defaultMaxMissing,
      evidence = base.evidence,
    } = settings;
    return { ...base, ...common, limit: limit ?? base.limit, evidence, minQuestions, maxMissing };
  }
  const maxAgeSeconds = settings.maxAgeSeconds ?? base.maxAgeSeconds;
  return {
    ...base,
    ...common,
    ...(limit === undefined ? {} : { limit }),
    ...(maxAgeSeconds === undefined ? {} : { maxAgeSeconds }),
    ...(settings.pointer === undefined ? {} : { pointer: settings.pointer }),
  };
}
