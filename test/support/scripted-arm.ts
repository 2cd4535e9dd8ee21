import path from 'node:path';
import type { Arm, AskOptions, AskRequest } from '../../src/arms/arm.ts';
import type { Answer, OkAnswer, Versions } from '../../src/scoring/answer.ts';
import type { GoldSet } from '../../src/plan/gold-set.ts';
import { planOf, type Plan } from '../../src/plan/plan.ts';
import { askSession, type Asking } from '../../src/asking/ask-session.ts';
import type { QueueEnd, ArmQueueSettings } from '../../src/asking/arm-queue.ts';
import {
  openNewSession,
  type OpenRun,
  type SessionArm,
  type SessionSetting,
} from '../../src/asking/session.ts';
import { versions } from './arm-server.ts';
import { clock } from './clock.ts';

/** An arm in this process: what it was asked, and a script that answers. */
export interface ScriptedArm extends Arm {
  readonly asked: AskRequest[];
}

type Script = (request: AskRequest, options: AskOptions) => Answer | Promise<Answer>;

export function scriptedArm(
  name: string,
  script: Script = answered,
  reports?: () => Promise<Versions>,
): ScriptedArm {
  const asked: AskRequest[] = [];
  return {
    name,
    kind: 'scripted',
    asked,
    ask: async (request, options) => {
      asked.push(request);
      return script(request, options);
    },
    ...(reports === undefined ? {} : { versions: reports }),
    close: async () => undefined,
  };
}

/** A healthy answer that took a millisecond. */
export function answered(request: AskRequest): OkAnswer {
  const received = clock.monotonic();
  const snippet = {
    snippet_id: 'S',
    section_id: 's',
    source_url: 'd',
    offsets: [0, 4],
    tokens: [0, 1],
    text: 'text',
  } as const;
  const response = { answer: request.question, retrieved: [snippet], versions };
  return { outcome: 'ok', status: 200, timing: { sent: received - 0.001, received }, response, findings: [] };
}

export const fault = (status = 500): Answer => ({ outcome: 'status', status, message: `status ${status}` });

export function goldOf(count: number, more: Partial<GoldSet> = {}): GoldSet {
  const questions = Array.from({ length: count }, (_, index) => {
    const id = `Q_${String(index).padStart(3, '0')}`;
    return {
      id,
      question: `${id}?`,
      paraphrases: [1, 2, 3].map((n) => `${id}, put ${n}`),
      anchors: [],
      answerable: true,
      tags: [],
    };
  });
  return { sha256: '0'.repeat(64), path: 'gold', questions, documents: new Map(), ...more };
}

export function smallPlan(gold: GoldSet, orderSeed = 1): Plan {
  return planOf(gold, { paraphrases: 3, seeds: [1, 2], orderSeed });
}

export function settingOf(store: string, gold: GoldSet): SessionSetting {
  const provenance = { version: '0.0.0', node: '0', platform: 'x', arguments: [], config_sha256: '0' };
  return {
    store,
    gold,
    goldPath: 'gold',
    plan: smallPlan(gold),
    planOptions: {},
    scored: false,
    provenance,
    clock,
  };
}

export function memberOf(arm: Arm, settings: Partial<ArmQueueSettings> = {}): SessionArm {
  const all = { concurrency: 4, timeoutSeconds: 30, retries: 0, abortAfter: 20, ...settings };
  return { arm, address: 'a'.repeat(64), role: 'single', settings: all, cites: false };
}

export function askingOf(more: Partial<Asking> = {}): Asking {
  const never = new AbortController().signal;
  return { clock, warmup: 0, stopAsking: never, stopNow: never, onCall: () => undefined, ...more };
}

export interface SessionEnd {
  readonly ends: readonly QueueEnd[];
  readonly runs: readonly OpenRun[];
}

/** Asks arms a whole gold set in a store of its own. */
export async function askAll(
  folder: string,
  members: readonly SessionArm[],
  { questions = 3, ...more }: Partial<Asking> & { questions?: number } = {},
): Promise<SessionEnd> {
  const runs = await openNewSession(settingOf(path.join(folder, 'store'), goldOf(questions)), members);
  try {
    return { runs, ends: await askSession(runs, askingOf(more)) };
  } finally {
    for (const run of runs) await run.release();
  }
}
