import type { RollbackResult, RollbackSetting } from './contract.ts';
import { rollback, takeUp } from './rollback.ts';
import { staleReason } from './recent.ts';

/** An alert that asks for a rollback. */
export interface FiringAlert {
  readonly fingerprint: string;
  /** When it began to fire, in milliseconds since 1970. */
  readonly startsAt: number;
  /** The arm that it is about, where it says so. */
  readonly arm?: string | undefined;
}

export interface Triggered extends Omit<RollbackResult, 'outcome'> {
  /** `refused`: none of the alerts is a reason to move traffic now. */
  readonly outcome: RollbackResult['outcome'] | 'refused';
}

/** Rolls back for alerts. What was done for one before plays no part: the pointer is read each time. */
export interface AlertRollback {
  /** Calls that come while a rollback goes on wait for it and get its result. */
  trigger(alerts: readonly FiringAlert[], setting: AlertSetting): Promise<Triggered>;
  /** Takes up what a process that died has left; `undefined` where there is nothing. Calls that come meanwhile wait for it. */
  takeUp(setting: AlertSetting): Promise<RollbackResult | undefined>;
  /** Resolves when nothing goes on any more. */
  settled(): Promise<void>;
}

export interface AlertSetting extends RollbackSetting {
  /** The arm that traffic is moved back to: an alert about it is no reason to. */
  readonly baseline: string;
}

export function alertRollback(): AlertRollback {
  let current: Promise<RollbackResult | undefined> | undefined;
  const start = <Result extends RollbackResult | undefined>(work: Promise<Result>): Promise<Result> => {
    const ended = work.finally(() => {
      if (current === ended) current = undefined;
    });
    current = ended;
    return ended;
  };
  return {
    async trigger(alerts, setting) {
      const reasons = alerts.map((alert) => refusal(alert, setting));
      const meant = alerts.filter((_alert, index) => reasons[index] === undefined);
      if (meant.length === 0)
        return {
          outcome: 'refused',
          reason: reasons.find((reason) => reason !== undefined) ?? '',
          warnings: [],
        };
      while (current !== undefined) {
        const joined = await current;
        if (joined !== undefined) return joined;
      }
      return start(rollback({ trigger: 'alertmanager', causes: meant.map(causeOf) }, setting));
    },
    takeUp: (setting) => start(takeUp(setting)),
    settled: async () => {
      await current?.catch(() => undefined);
    },
  };
}

function refusal(
  { startsAt, arm }: FiringAlert,
  { baseline, clock, movedForwardAt }: AlertSetting,
): string | undefined {
  if (arm === baseline) return `the alert is about "${baseline}", which is where a rollback goes`;
  const stale = staleReason(startsAt, { now: clock.now(), movedForwardAt: movedForwardAt?.() });
  return stale === undefined ? undefined : `the alert is no reason to roll back now: ${stale}`;
}

/** One alert, however often and by however many Alertmanagers it is sent. */
function causeOf({ fingerprint, startsAt }: FiringAlert): string {
  return `${fingerprint.toLowerCase()} ${new Date(startsAt).toISOString()}`;
}
