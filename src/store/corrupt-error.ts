import { UserError, exitCodes } from '../base/errors.ts';

/** The error for a run that is no evidence (exit 4). */
export function evidenceError(message: string, hint: string): UserError {
  return new UserError(message, { hint, exitCode: exitCodes.error });
}
