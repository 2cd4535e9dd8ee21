import { runProgram, type Ended } from './run-program.ts';

/** The configured way back to Blue. */
export interface RollbackSettings {
  readonly command: readonly string[];
  /** Ends with 0 where live traffic is on Blue, with anything else where it is not. */
  readonly verify: { readonly command: readonly string[] };
  readonly timeoutSeconds: number;
}

export interface RollbackResult {
  /** `already`: traffic was on Blue. An action without effect has failed. */
  readonly outcome: 'done' | 'already' | 'failed';
  readonly reason: string;
  /** The end of what the programs wrote. */
  readonly output: string;
}

/** Rolls back with a program, unless `verify` says that there is nothing to do, and reads the effect back. Never rejects. */
export async function rollBack(
  settings: RollbackSettings,
  workingDirectory: string,
): Promise<RollbackResult> {
  const options = { workingDirectory, timeoutSeconds: settings.timeoutSeconds };
  const verify = (): Promise<Ended> => runProgram(settings.verify.command, options);
  const before = await verify();
  if (before.ok)
    return { outcome: 'already', reason: 'traffic is on the baseline already', output: before.output };
  const action = await runProgram(settings.command, options);
  const after = await verify();
  const output = [action.output, after.output].filter((text) => text !== '').join('\n');
  if (after.ok) return { outcome: 'done', reason: 'rolled back, and read back', output };
  const how = action.ok ? 'the rollback command ended well' : `the rollback command failed (${action.how})`;
  return {
    outcome: 'failed',
    reason: `${how}, and verify says that traffic is not on the baseline (${after.how})`,
    output,
  };
}
