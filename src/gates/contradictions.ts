import { UserError } from '../base/errors.ts';
import { statisticNamed } from '../statistics/catalogue.ts';
import type { DefaultRule, StatisticRule } from './rules.ts';
import type { RuleSettings } from './schema.ts';

const forStatistics = [
  'statistic',
  'comparing',
  'direction',
  'evidence',
  'minQuestions',
  'maxMissing',
] as const;
const forDrills = ['maxAgeSeconds', 'pointer'] as const;
const idleFor = {
  rollback_drill: [],
  blind: forDrills,
  distinct_arms: [...forDrills, 'limit'],
  invariants: [...forDrills, 'limit'],
} as const;

/** Throws a `UserError` for settings that say nothing about their rule, or contradict it. */
export function checkContradictions(gate: string, base: DefaultRule, settings: RuleSettings): void {
  const where = `rule "${base.name}" of gate "${gate}"`;
  const idle = base.kind === 'statistic' ? forDrills : [...forStatistics, ...idleFor[base.kind]];
  const unused = idle.find((key) => settings[key] !== undefined);
  if (unused !== undefined)
    throw new UserError(`${where} has "${unused}", which means nothing there`, { hint: 'leave it out' });
  if (settings.waived !== undefined && settings.severity === 'warn')
    throw new UserError(`${where} is both waived and a warning`, {
      hint: 'a waived rule is not judged at all: leave one of them out',
    });
  if (base.kind !== 'statistic') return;
  for (const key of ['statistic', 'comparing', 'direction'] as const) {
    if (settings[key] !== undefined && settings[key] !== base[key])
      throw new UserError(
        `${where} judges ${base.statistic} (${base.comparing}, ${base.direction}); its ${key} cannot be "${settings[key]}"`,
        {
          hint: 'write a rule of your own under another name',
        },
      );
  }
  checkLimit(where, { ...base, limit: settings.limit ?? base.limit });
}

function checkLimit(where: string, { statistic, comparing, limit }: StatisticRule): void {
  const found = statisticNamed(statistic);
  const bounded = comparing === 'candidate' && (found?.unit === 'ratio' || found?.proportion === true);
  if (bounded && (limit < 0 || limit > 1))
    throw new UserError(`${where} has the limit ${limit}; ${statistic} lies between 0 and 1`);
  if (comparing === 'ratio' && limit <= 0)
    throw new UserError(`${where} has the limit ${limit}; a ratio is above 0`);
  if (comparing === 'candidate' && limit < 0)
    throw new UserError(`${where} has the limit ${limit}; ${statistic} is never below 0`);
}
