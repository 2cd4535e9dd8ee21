import { versionFields } from '../../scoring/answer.ts';
import type { Verdict } from '../../gates/verdict.ts';
import { sample, timestamp, type Series } from './series.ts';

/** Declared for rules and dashboards; a watch writes them, and without one they are absent. */
const ofNothing: Series['samples'] = () => [];

/** In seconds since 1970. The rule `blind` measures how long ago a window gave evidence. */
function newestEvidence({ evaluated_at, evidence_at, rules }: Verdict): number | undefined {
  const blind = rules.find(({ rule }) => rule === 'blind');
  if (blind?.verdict === 'waived') return timestamp(evidence_at);
  const evaluated = timestamp(evaluated_at);
  return evaluated === undefined || blind?.value === undefined ? undefined : evaluated - blind.value;
}

/** What is live, what moves it, and this program itself. */
export const switchSeries: readonly Series[] = [
  {
    name: 'flipgate_arm_info',
    type: 'gauge',
    labels: ['arm', 'artifact', ...versionFields.map((field) => field.toLowerCase())],
    unit: '',
    help: 'Artifact and versions that the arm reports now at its versionsUrl.',
    source: "versionsUrl of the arm's configuration, asked every 15 s",
    samples: ({ reported }) =>
      reported.flatMap(({ arm, artifact, versions }) => {
        const labels: Record<string, string> = { arm, artifact: artifact.sha256 };
        for (const field of versionFields) labels[field.toLowerCase()] = versions[field] ?? '';
        return sample(labels, 1);
      }),
  },
  {
    name: 'flipgate_arm_seen_timestamp_seconds',
    type: 'gauge',
    labels: ['arm'],
    unit: 'seconds',
    help: 'When the arm last reported its versions.',
    source: 'versionsUrl',
    samples: ({ reported }) => reported.flatMap(({ arm, seenAt }) => sample({ arm }, seenAt)),
  },
  {
    name: 'flipgate_arm_role_info',
    type: 'gauge',
    labels: ['arm', 'role'],
    unit: '',
    help: 'Who is who: which arm is the baseline, which the candidate.',
    source: 'configuration: baseline, candidate; absent without one',
    samples: ({ roles }) => roles.flatMap(({ arm, role }) => sample({ arm, role }, 1)),
  },
  {
    name: 'flipgate_watch_active',
    type: 'gauge',
    labels: ['arm'],
    unit: '',
    help: '1 while a watch of the arm goes on.',
    source: 'the watch; not exported by this version, which has none',
    samples: ofNothing,
  },
  {
    name: 'flipgate_watch_last_sample_timestamp_seconds',
    type: 'gauge',
    labels: ['arm'],
    unit: 'seconds',
    help: 'When the newest window finished that gave a watch verdict evidence; a window that decided nothing gave none.',
    source:
      'verdict of the gate watch: evaluated_at less the value of its rule blind; evidence_at where that is waived',
    samples: ({ verdicts }) =>
      verdicts
        .filter(({ gate }) => gate === 'watch')
        .flatMap((verdict) => sample({ arm: verdict.arm }, newestEvidence(verdict))),
  },
  {
    name: 'flipgate_pointer_info',
    type: 'gauge',
    labels: ['pointer', 'target', 'role', 'generation', 'confirmed'],
    unit: '',
    help: 'Where a pointer points, read back from the switch: the role of its target, and whether the flip is under confirmation (open), held, final, or none.',
    source: 'the pointer; not exported by this version, which reads none',
    samples: ofNothing,
  },
  {
    name: 'flipgate_rollback_drill_duration_seconds',
    type: 'gauge',
    labels: ['pointer'],
    unit: 'seconds',
    help: "Time to recovery of the pointer's last drill.",
    source: 'drill: ttr_seconds',
    samples: ({ drills }) => drills.flatMap(({ pointer, ttr_seconds }) => sample({ pointer }, ttr_seconds)),
  },
  {
    name: 'flipgate_rollback_drill_last_success_timestamp_seconds',
    type: 'gauge',
    labels: ['pointer'],
    unit: 'seconds',
    help: "When the pointer's last drill was verified.",
    source: 'drill: finished_at, where verified',
    samples: ({ drills }) =>
      drills
        .filter(({ verified }) => verified)
        .flatMap(({ pointer, finished_at }) => sample({ pointer }, timestamp(finished_at))),
  },
  {
    name: 'flipgate_rollbacks_total',
    type: 'counter',
    labels: ['pointer', 'trigger', 'outcome'],
    unit: '',
    help: 'Rollbacks that ended: done or failed. Where there was nothing to do there was none.',
    source: 'rollbacks/history.jsonl of the store',
    samples: ({ rollbacks }) =>
      rollbacks.flatMap(({ pointer, trigger, outcome, count }) =>
        sample({ pointer, trigger, outcome }, count),
      ),
  },
  {
    name: 'flipgate_alert_actions_total',
    type: 'counter',
    labels: ['outcome'],
    unit: '',
    help: 'Posts of alerts that this exporter took, by what came of them.',
    source: 'POST /v1/alertmanager',
    samples: ({ alertActions = {} }) =>
      Object.entries(alertActions).flatMap(([outcome, count]) => sample({ outcome }, count)),
  },
  {
    name: 'flipgate_log_lines_dropped_total',
    type: 'counter',
    labels: [],
    unit: '',
    help: 'Lines of the log of this exporter that could not be written.',
    source: 'stderr',
    samples: ({ logLinesDropped }) => sample({}, logLinesDropped),
  },
  {
    name: 'flipgate_config_reload_success',
    type: 'gauge',
    labels: [],
    unit: '',
    help: '1 where the configuration was taken when it was last read, 0 where it was refused and the one before is in force.',
    source: 'the configuration file, read again when it changes',
    samples: ({ reload }) => sample({}, reload && Number(reload.ok)),
  },
  {
    name: 'flipgate_config_last_reload_timestamp_seconds',
    type: 'gauge',
    labels: [],
    unit: 'seconds',
    help: 'When the configuration in force was read.',
    source: 'the configuration file',
    samples: ({ reload }) => sample({}, reload?.at),
  },
  {
    name: 'flipgate_build_info',
    type: 'gauge',
    labels: ['version', 'revision', 'node'],
    unit: '',
    help: 'The flipgate that exports this.',
    source: 'the program',
    samples: ({ build }) => sample({ ...build }, 1),
  },
];
