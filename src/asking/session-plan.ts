import type { Arm } from '../arms/arm.ts';
import type { Clock } from '../base/world.ts';
import { resolvedSha256, type GoldSet } from '../plan/gold-set.ts';
import type { Plan } from '../plan/plan.ts';
import type { RunRecord } from '../scoring/record.ts';
import type { Prices } from '../scoring/summary/summary.ts';
import type { PlanFile } from '../store/documents/plan.ts';
import type { ArmQueueSettings } from './arm-queue.ts';

/** One arm of a session with what the configuration says about it. */
export interface SessionArm {
  readonly arm: Arm;
  /** Hash of what makes it this arm; part of the run's subject. */
  readonly address: string;
  readonly role: RunRecord['role'];
  readonly settings: ArmQueueSettings;
  readonly cites: boolean;
  readonly prices?: Prices | undefined;
}

/** What all runs of a session have in common. */
export interface SessionSetting {
  readonly store: string;
  readonly gold: GoldSet;
  readonly goldPath: string;
  readonly plan: Plan;
  readonly planOptions: {
    readonly limit?: number | undefined;
    readonly tag?: string | undefined;
    readonly rate?: number | undefined;
  };
  readonly scored: boolean;
  readonly provenance: RunRecord['provenance'];
  readonly clock: Clock;
}

/** The plan of a run as it is stored before the first call. */
export function planFileOf(
  setting: SessionSetting,
  member: SessionArm,
  run: { id: string; session: string; arms: readonly string[]; storedAs: string; now: number },
): PlanFile {
  const { gold, plan, planOptions } = setting;
  const { limit, tag, rate } = planOptions;
  return {
    schema: 'flipgate.plan/1',
    id: run.id,
    session: run.session,
    session_arms: [...run.arms],
    arm: member.arm.name,
    role: member.role,
    started_at: new Date(run.now).toISOString(),
    gold: {
      sha256: gold.sha256,
      path: setting.goldPath,
      questions: gold.questions.length,
      stored_as: run.storedAs,
    },
    plan: {
      questions: plan.questions.length,
      phrasings: plan.phrasings,
      seeds: [...plan.seeds],
      cells: plan.cells,
      order_seed: plan.orderSeed,
      ...(limit === undefined ? {} : { limit }),
      ...(tag === undefined ? {} : { tag }),
      ...(rate === undefined ? {} : { rate }),
      concurrency: member.settings.concurrency,
    },
    subject: { address: member.address, gold: resolvedSha256(gold.questions) },
    scored: setting.scored,
    provenance: { ...setting.provenance, arguments: [...setting.provenance.arguments] },
    torn_lines: 0,
  };
}
