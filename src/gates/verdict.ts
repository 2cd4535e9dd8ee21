import type { Integrity } from '../base/integrity/sealed.ts';
import type { Subject } from '../scoring/subject.ts';
import type { ConfiguredChoices } from './configured-subject.ts';
import type { Interval } from '../statistics/interval.ts';
import type { Comparing } from '../statistics/pair.ts';
import type { Direction } from '../statistics/limit.ts';
import type { EvidenceMode } from '../statistics/resolution.ts';

/** From best to worst: a gate's verdict is the worst of its rules'. Nothing but evidence passes. */
export const verdictNames = ['pass', 'inconclusive', 'fail', 'error'] as const;
export type VerdictName = (typeof verdictNames)[number];

/** A rule's verdict with its arithmetic. */
export interface RuleVerdict {
  readonly rule: string;
  /** `waived`: the policy leaves the rule out, and `reason` says why. */
  readonly verdict: VerdictName | 'waived';
  /** Only reported: the gate does not count it. */
  readonly severity?: 'warn';
  /** What it judged, and against what. */
  readonly statistic?: string;
  readonly comparing?: Comparing;
  readonly value?: number;
  readonly limit?: number;
  readonly direction?: Direction;
  readonly unit?: string;
  /** 95 %. */
  readonly interval?: Interval;
  readonly evidence?: EvidenceMode;
  /** Questions judged. */
  readonly n?: number;
  readonly n_calls?: number;
  readonly skipped?: number;
  readonly errored?: number;
  readonly resolution?: number;
  /** Absent where no number of bad calls could prove a violation. */
  readonly fail_resolution?: number;
  /** The baseline's own value, in the statistic's unit. */
  readonly baseline_value?: number;
  /** The same statistic of the questions and their own anchors: what an arm that retrieves exactly these would have. */
  readonly oracle?: number;
  /** One sentence for people. */
  readonly reason: string;
}

/** What keeps a gate from passing beside its rules. */
export interface Problem {
  readonly code: string;
  readonly verdict: Exclude<VerdictName, 'pass'>;
  readonly reason: string;
}

/** A file as it was when a run was judged. */
export interface JudgedFile {
  readonly sha256: string;
  readonly bytes: number;
  /** When it was last changed, in milliseconds since 1970. */
  readonly modified: number;
}

/** A run's documents as they were when it was judged. */
export interface JudgedRecord {
  /** Of the content of `run.json`. */
  readonly sha256: string;
  readonly files: Readonly<Record<string, JudgedFile>>;
}

/** A window that a rule with hysteresis went by. */
export interface JudgedWindow {
  readonly run: string;
  readonly finished_at: string;
  readonly artifact: string;
}

/** What a verdict is about: hashes. */
export interface VerdictSubject {
  readonly candidate: Subject;
  readonly baseline?: Subject;
  readonly policy: string;
  /** What was configured beside; absent where no file configured anything. */
  readonly configured?: ConfiguredChoices;
}

/** `verdicts/<gate>.<arm>.json`. Hashes are SHA-256; times RFC 3339 in UTC. */
export interface Verdict {
  readonly schema: 'flipgate.verdict/1';
  readonly gate: string;
  readonly verdict: VerdictName;
  readonly arm: string;
  readonly baseline?: string;
  readonly evaluated_at: string;
  /** When the oldest run it rests on finished. */
  readonly evidence_at?: string;
  readonly expires_at?: string;
  readonly artifact?: string;
  readonly gold?: string;
  readonly embedder?: string;
  readonly policy?: string;
  readonly runs: { readonly candidate?: string; readonly baseline?: string };
  readonly subject?: VerdictSubject;
  readonly records?: { readonly candidate?: JudgedRecord; readonly baseline?: JudgedRecord };
  /** Of a gate that judges windows: all of them, oldest first, the candidate's run last. */
  readonly windows?: readonly JudgedWindow[];
  readonly reason: string;
  readonly problems?: readonly Problem[];
  readonly rules: readonly RuleVerdict[];
  readonly sequence?: number;
  readonly previous?: string;
  readonly store?: string;
  readonly integrity?: Integrity;
}

/** The worse of two. */
export function worse(a: VerdictName, b: VerdictName): VerdictName {
  return verdictNames.indexOf(a) >= verdictNames.indexOf(b) ? a : b;
}
