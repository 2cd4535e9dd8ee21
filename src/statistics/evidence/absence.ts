import type { LatencyClock } from '../../scoring/answer.ts';
import type { Evidence } from './evidence.ts';

/** Why a measurement is not there, for people: a run says nothing of it then, neither good nor bad. `undefined` where that is not known. */
export type Absence = (evidence: Evidence) => string | undefined;

/** A recording without its latencies. */
export const unrecordedLatency: Absence = ({ record }) => {
  const found = record.findings.find(({ code }) => code === 'latency_not_recorded');
  return found && `${record.arm} has the finding latency_not_recorded (${found.count} calls)`;
};

/** An arm that does not report a stage. */
export function latencyAbsence(clock: LatencyClock): Absence {
  if (clock === 'total') return unrecordedLatency;
  return whereAnswered(({ record }) => `${record.arm} reports no stage "${clock}"`);
}

/** No section id of what was retrieved is one of the gold set's, or none is named at all. */
export const sectionsAbsence: Absence = whereAnswered(({ record: { arm }, sectionsNeverMatch }) =>
  sectionsNeverMatch === true
    ? `no section id that ${arm} retrieved is one of the gold set's (finding sections_never_match)`
    : `the anchors name no sections, or ${arm} names none for its snippets`,
);

/** An arm that reports no usage, or whose prices are not known. */
export function usageAbsence(what: string): Absence {
  return whereAnswered(({ record }) => `${record.arm} has no ${what}`);
}

/** Where every call is a fault, faults are the reason. */
function whereAnswered(reason: (evidence: Evidence) => string): Absence {
  return (evidence) => (evidence.faulted.every((flag) => flag === 1) ? undefined : reason(evidence));
}
