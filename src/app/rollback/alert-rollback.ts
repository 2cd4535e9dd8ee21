import type { Redact } from '../../base/redact.ts';
import { rollBack, type RollbackResult, type RollbackSettings } from '../../pointers/command-rollback.ts';
import type { RollbackHistory } from '../../store/documents/rollback-history.ts';

/** Rolls back for alerts, once each. */
export interface AlertRollback {
  /**
   * Sees to causes (an alert's fingerprint and start). Those that were seen to are not done again; calls that come while a rollback goes on
   * wait for it. Rejects with a `UserError` (exit 4) where the history cannot be written.
   */
  trigger(causes: readonly string[]): Promise<Triggered>;
  /** Resolves when nothing goes on any more. */
  settled(): Promise<void>;
}

export interface Triggered extends Pick<RollbackResult, 'reason'> {
  readonly outcome: RollbackResult['outcome'] | 'repeated';
}

export interface AlertRollbackOptions {
  readonly settings: RollbackSettings & { readonly pointer: string };
  readonly workingDirectory: string;
  readonly history: RollbackHistory;
  readonly redact: Redact;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Characters of what the programs wrote; cut after secrets were taken out. */
const keptOutput = 8000;

export function alertRollback(options: AlertRollbackOptions): AlertRollback {
  let last: Promise<unknown> = Promise.resolve();
  const act = async (causes: readonly string[]): Promise<Triggered> => {
    const { history, settings, redact, now } = options;
    const open = causes.filter((cause) => !history.isDone(cause));
    if (open.length === 0) return { outcome: 'repeated', reason: 'these alerts were seen to before' };
    const started = now();
    const { outcome, reason, output } = await rollBack(settings, options.workingDirectory);
    history.add({
      schema: 'flipgate.rollback/1',
      at: new Date(started).toISOString(),
      pointer: settings.pointer,
      trigger: 'alertmanager',
      outcome,
      causes: open,
      seconds: (now() - started) / 1000,
      output: redact(output).slice(-keptOutput),
      reason,
    });
    return { outcome, reason };
  };
  return {
    trigger(causes) {
      const next = last.then(() => act(causes));
      last = next.catch(() => undefined);
      return next;
    },
    settled: async () => {
      await last;
    },
  };
}
