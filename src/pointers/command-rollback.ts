import type { World } from '../base/world.ts';
import { programEnvironment } from './program-environment.ts';
import { runProgram, type Ended } from './run-program.ts';

/** The configured way back to Blue. */
export interface RollbackSettings {
  readonly pointer: string;
  readonly command: readonly string[];
  /** Ends with 0 where live traffic is on Blue, with anything else where it is not. */
  readonly verify: { readonly command: readonly string[] };
  readonly timeoutSeconds: number;
  /** Names of variables that the programs get beside the usual ones. */
  readonly environment?: readonly string[];
}

type Surroundings = Pick<World, 'workingDirectory' | 'environment'>;

/** A pointer as far as rolling back needs it. Nothing of it rejects. */
export interface RollbackPointer {
  readonly name: string;
  /** Longest time that `look`, and `moveBack` once it has begun, take. */
  readonly timeoutSeconds: number;
  /** For so long after a move a look may find the old state yet: old workers of a proxy and caches answer on. */
  readonly settleSeconds: number;
  /** Whether live traffic is on the baseline now; `ok` where it is. */
  look(): Promise<Ended>;
  /**
   * Moves traffic back; whether it did, `look` tells. `before` is called, and waited for, when the process that is to do it is there and has done
   * nothing yet: if this program dies meanwhile, it never begins. Where it cannot be made to wait there is no process id.
   */
  moveBack(before: (pid: number | undefined) => Promise<void>): Promise<Ended>;
}

const settleSeconds = 5;

/** Moves traffic by a program and reads by another one where it is. */
export function commandPointer(settings: RollbackSettings, around: Surroundings): RollbackPointer {
  const { pointer, command, verify, timeoutSeconds, environment: named = [] } = settings;
  const environment = programEnvironment(around.environment, named);
  const options = { workingDirectory: around.workingDirectory, timeoutSeconds, environment };
  return {
    name: pointer,
    timeoutSeconds,
    settleSeconds,
    look: () => runProgram(verify.command, options),
    moveBack: (before) => runProgram(command, { ...options, before }),
  };
}
