import type { Redact } from '../../base/redact.ts';
import type { Clock } from '../../base/world.ts';
import type { RollbackPointer } from '../../pointers/command-rollback.ts';
import type { RollbackBegun, RollbackLog } from '../../store/documents/rollback.ts';

export interface RollbackRequest {
  /** What asks for it. */
  readonly trigger: string;
  /** What it is for. */
  readonly causes: readonly string[];
}

export interface RollbackSetting {
  readonly pointer: RollbackPointer;
  readonly log: RollbackLog;
  /** What only one of several processes has at a time. */
  readonly lock: string;
  readonly redact: Redact;
  readonly clock: Clock;
  /** What traffic is on now, as far as anybody knows. */
  readonly rolledBack: () => RollbackBegun['rolled_back'];
  /** When traffic was moved forward last, in milliseconds since 1970, where somebody knows. */
  readonly movedForwardAt?: (() => number | undefined) | undefined;
}

export interface RollbackResult {
  /** `already`: traffic was on the baseline. An action without effect has failed. */
  readonly outcome: 'done' | 'already' | 'failed';
  readonly reason: string;
  /** What went wrong beside it and did not stop it. */
  readonly warnings: readonly string[];
}
