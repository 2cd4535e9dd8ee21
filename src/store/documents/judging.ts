import { rm } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { UserError } from '../../base/errors.ts';
import { writeAtomically } from '../../base/files.ts';
import type { Verdict } from '../../gates/verdict.ts';
import { storeAttestation } from './attestation.ts';
import { documentIn, parseDocument, type DocumentKind } from './document.ts';
import { verdictFile } from './verdict.ts';
import { holderSchema, livenessOf, ownIdentity } from '../lock-holder.ts';

const judgingSchema = z.object({
  schema: z.literal('flipgate.judging/1'),
  gate: z.string(),
  arm: z.string(),
  run: z.string().exactOptional().describe('the run that is judged, where it was found'),
  at: z.string().describe('when it was begun'),
  holder: holderSchema.describe('the process that judges'),
});

/** `verdicts/judging/<gate>.<arm>.json`: a judging that was begun, and has not stored its verdict. */
export type BegunJudging = Readonly<z.infer<typeof judgingSchema>>;

export const judgingKind: DocumentKind<BegunJudging> = {
  name: 'judging',
  file: '`verdicts/judging/<gate>.<arm>.json`',
  about: 'A judging that was begun and has not stored its verdict: the verdict before does not stand.',
  version: 'flipgate.judging/1',
  schema: judgingSchema,
};

/** Where a gate's judging of an arm is noted. */
export function judgingFile(store: string, gate: string, arm: string): string {
  return path.join(store, 'verdicts', 'judging', `${gate}.${arm}.json`);
}

/**
 * Says that a gate is being judged, before it is: should the judging be killed, or its verdict not be stored, the one before does not stand. Where that
 * cannot be written, the verdict before is removed; where that cannot be done either, throws a `UserError` (exit 4), and nothing may be judged.
 */
export async function beginJudging(
  store: string,
  about: {
    readonly gate: string;
    readonly arm: string;
    readonly run: string | undefined;
    readonly now: number;
  },
): Promise<void> {
  const { gate, arm, run } = about;
  const judging: BegunJudging = {
    schema: 'flipgate.judging/1',
    gate,
    arm,
    ...(run === undefined ? {} : { run }),
    at: new Date(about.now).toISOString(),
    holder: ownIdentity(),
  };
  try {
    await writeAtomically(judgingFile(store, gate, arm), `${JSON.stringify(judging)}\n`);
    await storeAttestation(verdictFile(store, about), undefined);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    await rm(verdictFile(store, about), { force: true }).catch(() => {
      throw error;
    });
  }
}

/** Says that the verdict is stored. */
export async function endJudging(store: string, { gate, arm }: Pick<Verdict, 'gate' | 'arm'>): Promise<void> {
  await rm(judgingFile(store, gate, arm), { force: true });
}

/** The judging in a file; `undefined` for what is none, which says that something was begun all the same. */
export function parseJudging(text: string): BegunJudging | undefined {
  return documentIn(parseDocument(judgingKind, text));
}

/** Judging takes seconds: whoever takes longer hangs. */
const longestMilliseconds = 600_000;

/** Why a verdict is in doubt beside a judging that was begun: one that was ended by a kill, or cannot be seen to go on. */
export function unfinishedBy(judging: BegunJudging, verdict: Verdict, now: number): string | undefined {
  const at = Date.parse(judging.at);
  const isStored = judging.run === verdict.runs.candidate && Date.parse(verdict.evaluated_at) >= at;
  const goesOn = livenessOf(judging.holder) === 'alive' && Math.abs(now - at) < longestMilliseconds;
  if (isStored || goesOn) return undefined;
  return `a judging of ${judging.run ?? judging.arm} that was begun at ${judging.at} has not stored its verdict: judge again`;
}
