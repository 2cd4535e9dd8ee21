import { expect } from 'vitest';
import type { Arm, AskRequest } from '../../../src/arms/arm.ts';
import type { ArmContext } from '../../../src/arms/context.ts';
import { defaultMaxResponseBytes } from '../../../src/arms/context.ts';
import { armKinds, openArm } from '../../../src/arms/kinds.ts';
import { createRedactor } from '../../../src/base/redact.ts';
import { clock } from '../../support/clock.ts';
import type { Answer } from '../../../src/scoring/answer.ts';

export const request: AskRequest = {
  question: 'When is "Green" ready?',
  question_id: 'Q_1',
  phrasing: 0,
  seed: 7,
  idempotency_key: 'a'.repeat(64),
  traceparent: `00-${'b'.repeat(32)}-${'c'.repeat(16)}-01`,
};

export function contextWith(changes: Partial<ArmContext> = {}): ArmContext {
  return {
    name: 'green',
    workingDirectory: '/',
    redact: createRedactor([]),
    environment: process.env,
    clock,
    userAgent: 'flipgate/0.1.0',
    maxResponseBytes: defaultMaxResponseBytes,
    ...changes,
  };
}

/** Opens an arm as the configuration would: through its kind's schema. */
export async function openWith(
  settings: Readonly<Record<string, unknown>>,
  changes: Partial<ArmContext> = {},
): Promise<Arm> {
  const kind = armKinds.find((candidate) => candidate.kind === settings['kind']);
  if (kind === undefined) throw new Error(`no kind ${String(settings['kind'])}`);
  return openArm(kind.schema.parse(settings), contextWith(changes));
}

/** One call with a time limit as the engine sets it. */
export async function askOnce(
  arm: Arm,
  changes: Partial<AskRequest> = {},
  milliseconds = 10_000,
): Promise<Answer> {
  return arm.ask({ ...request, ...changes }, { signal: AbortSignal.timeout(milliseconds) });
}

/** A text that matches, as an expected value. */
export function matching(pattern: RegExp): unknown {
  return expect.stringMatching(pattern);
}

/** How long an answer took; NaN for a fault, and where no latency is known. */
export function secondsOf(answer: Answer): number {
  const timing = answer.outcome === 'ok' ? answer.timing : undefined;
  return timing === undefined ? Number.NaN : timing.received - timing.sent;
}
