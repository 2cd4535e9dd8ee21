import { randomBytes } from 'node:crypto';
import { messageOf } from '../../base/errors.ts';
import { createRedactor } from '../../base/redact.ts';
import type { World } from '../../base/world.ts';
import type { Config } from '../../config/config.ts';
import type { Answer, Outcome } from '../../scoring/answer.ts';
import type { GoldSet } from '../../plan/gold-set.ts';
import type { Plan } from '../../plan/plan.ts';
import { defaultCacheFolder } from '../../embed/cache-folder.ts';
import { openEmbedder } from '../../embed/open.ts';
import { createAsker } from '../../asking/attempt.ts';
import { plannedCall } from '../../asking/call-line.ts';
import type { SessionArm } from '../../asking/session.ts';
import { closeArms, openArms } from '../arms/open-arms.ts';
import { adviceOf, faultAdvice } from './advice.ts';
import { sectionAdvice } from './section-advice.ts';

export interface FieldCheck {
  readonly field: string;
  /** Absent where the arm does not report it. */
  readonly found?: string;
}

/** What one call of an arm showed. */
export interface ArmCheck {
  readonly arm: string;
  readonly kind: string;
  readonly outcome: Outcome;
  readonly message?: string;
  /** The start of what came with an error status. */
  readonly error_body?: string;
  readonly seconds?: number;
  readonly versions_url?: string;
  readonly fields: readonly FieldCheck[];
  /** What is missing and how to add it. */
  readonly advice: readonly string[];
}

export interface Checking {
  readonly config: Config;
  readonly gold: GoldSet;
  readonly plan: Plan;
  readonly world: World;
}

/** Asks each arm the first call of the plan, without retries, and its `versionsUrl` where it has one. */
export async function checkArms(names: readonly string[], checking: Checking): Promise<readonly ArmCheck[]> {
  const { config, world } = checking;
  const { environment } = world;
  const embedder = openEmbedder(config.embedder, {
    cacheFolder: defaultCacheFolder(environment),
    workingDirectory: config.folder,
    environment,
  });
  const arms = await openArms(names, {
    config,
    world,
    redact: createRedactor(config.secrets),
    embedder,
  });
  try {
    return await Promise.all(arms.map((member) => checkArm(member, checking)));
  } finally {
    await closeArms(arms);
    await embedder.close();
  }
}

async function checkArm(member: SessionArm, { config, gold, plan, world }: Checking): Promise<ArmCheck> {
  const call = plannedCall(plan.cell(0), {
    id: `check-${randomBytes(8).toString('hex')}`,
    arm: member.arm.name,
  });
  const asked = await createAsker(member.arm, {
    ...member.settings,
    retries: 0,
    stop: new AbortController().signal,
    wantsErrorBody: true,
  }).ask(call.request);
  const { name, kind } = member.arm;
  const reported = await reportedNow(member, world);
  if (asked === undefined)
    return { arm: name, kind, outcome: 'network', message: 'the call was cancelled', fields: [], advice: [] };
  const { answer } = asked;
  const pins = config.arms.get(name)?.pins ?? {};
  return answer.outcome === 'ok'
    ? {
        arm: name,
        kind,
        outcome: 'ok',
        ...(answer.timing && { seconds: answer.timing.received - answer.timing.sent }),
        fields: fieldsOf(answer),
        advice: [...adviceOf(answer, pins), ...sectionAdvice(answer, gold)],
        ...reported,
      }
    : {
        arm: name,
        kind,
        outcome: answer.outcome,
        message: answer.message,
        ...(answer.errorBody === undefined ? {} : { error_body: answer.errorBody }),
        fields: [],
        advice: faultAdvice(answer),
        ...reported,
      };
}

async function reportedNow(
  { arm, settings }: SessionArm,
  world: World,
): Promise<Pick<ArmCheck, 'versions_url'>> {
  if (arm.versions === undefined) return {};
  const started = world.clock.monotonic();
  const found = await arm
    .versions({ signal: AbortSignal.timeout(settings.timeoutSeconds * 1000) })
    .catch((error: unknown) => messageOf(error));
  const seconds = world.clock.monotonic() - started;
  return {
    versions_url:
      typeof found === 'string'
        ? `versionsUrl fails: ${found}`
        : `versionsUrl answers in ${(1000 * seconds).toFixed(0)} ms`,
  };
}

function fieldsOf({ response }: Answer & { outcome: 'ok' }): readonly FieldCheck[] {
  const { answer, retrieved, citations, stages, versions, tool_calls, side_effects, dedupe_hits, usage } =
    response;
  const first = retrieved?.[0];
  const found = {
    answer,
    retrieved:
      retrieved &&
      `${retrieved.length} snippets, first: ${first === undefined ? 'none' : JSON.stringify(first)}`,
    citations,
    stages,
    versions,
    tool_calls,
    side_effects,
    dedupe_hits,
    usage,
  };
  return Object.entries(found).map(([field, value]) =>
    value === undefined
      ? { field }
      : { field, found: typeof value === 'string' ? value : JSON.stringify(value) },
  );
}
