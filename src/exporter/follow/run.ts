import { codeOf } from '../../base/errors.ts';
import type { CallLine, RunRecord } from '../../scoring/record.ts';
import type { ToolLoopOptions } from '../../scoring/scoring-options.ts';
import type { TrendPoint } from '../../reports/html/index/indexed-run.ts';
import type { CallTotals } from '../snapshot.ts';
import type { ListedRun } from '../source.ts';
import { callsIn, copyOf, countCall, noCalls, totalsOfSummary } from './call-totals.ts';
import { JournalTail } from '../../store/follow/journal.ts';
import { parseEnding } from '../../store/documents/run.ts';
import { armOfRun } from '../../plan/run-id.ts';
import type { RunFolder } from '../../store/run-folder.ts';
import { watchedFile, type WatchedFile } from '../../store/follow/file.ts';

export interface FollowOptions {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly toolLoop: ToolLoopOptions;
  /** Called with every call that is read of a run's journal, once each. */
  readonly onCall: (arm: string, line: CallLine) => void;
}

interface Ending {
  readonly status: RunRecord['status'] | 'damaged';
  readonly started_at?: string;
  readonly finished_at?: string;
  readonly totals?: CallTotals;
  readonly trend?: TrendPoint;
}

/** One run of a store that is followed: how it ended, and its calls until then. Records of 10,000 runs are not kept. */
export class FollowedRun {
  readonly id: string;
  readonly arm: string;
  readonly #files: Pick<RunFolder, 'record' | 'calls'>;
  readonly #record: WatchedFile<Ending>;
  readonly #options: FollowOptions;
  /** Of a run whose calls somebody looked at. */
  #tail: JournalTail | undefined;
  #counted: CallTotals = nothing;
  #ending: Ending | undefined;
  /** The latest time of a call that was passed on. */
  #passedUntil = '';

  constructor({ id, record, calls }: RunFolder, options: FollowOptions) {
    this.id = id;
    this.arm = armOfRun(id);
    this.#files = { record, calls };
    this.#options = options;
    this.#record = watchedFile(endingOf, options.now);
  }

  get head(): ListedRun {
    const { status = 'unfinished', started_at, finished_at } = this.#ending ?? {};
    const times = {
      ...(started_at === undefined ? {} : { started_at }),
      ...(finished_at === undefined ? {} : { finished_at }),
    };
    return { id: this.id, arm: this.arm, status, ...times, calls: callsIn(this.totals) };
  }

  get status(): ListedRun['status'] {
    return this.#ending?.status ?? 'unfinished';
  }

  /** Empty where its record does not tell. */
  get startedAt(): string {
    return this.#ending?.started_at ?? '';
  }

  get finishedAt(): string | undefined {
    return this.#ending?.finished_at;
  }

  get trend(): TrendPoint | undefined {
    return this.#ending?.trend;
  }

  /** Other calls, another value: one that was had before does not change. */
  get totals(): CallTotals {
    return this.#ending?.totals ?? this.#counted;
  }

  /** Looks again; returns whether how it ended has changed. `withCalls`: also at the calls of a run that was not over when it was last looked at. */
  refresh(withCalls: boolean): boolean {
    const before = this.#ending;
    // The record is read first: whatever stands in the journal then belongs to it.
    this.#ending = this.#record.read(this.#files.record);
    const isChanged =
      before?.status !== this.#ending?.status || before?.finished_at !== this.#ending?.finished_at;
    if (withCalls && (before === undefined || isChanged)) this.#readCalls();
    return isChanged;
  }

  #readCalls(): void {
    let known = '';
    let counted = copyOf(this.#counted);
    this.#tail ??= new JournalTail(this.#files.calls);
    try {
      this.#tail.read({
        each: (line) => {
          countCall(counted, line, this.#options.toolLoop);
          this.#passOn(line, known);
        },
        // What was passed on before was asked before: a resume asks later than the process that it goes on for.
        onRewritten: () => {
          counted = noCalls();
          known = this.#passedUntil;
        },
      });
    } catch (error) {
      // Calls that cannot be read count for nothing; what else is in the store does.
      if (codeOf(error) === undefined) throw error;
    } finally {
      this.#counted = counted;
    }
  }

  #passOn(line: CallLine, known: string): void {
    if (line.at <= known) return;
    if (line.at > this.#passedUntil) this.#passedUntil = line.at;
    this.#options.onCall(this.arm, line);
  }
}

const nothing: CallTotals = noCalls();

function endingOf(text: string, file: string): Ending {
  const record = parseEnding(text, file);
  if (record === undefined) return { status: 'damaged' };
  const { status, started_at, finished_at, summary } = record;
  return { status, started_at, finished_at, totals: totalsOfSummary(summary), trend: trendIn(summary) };
}

const trendPaths = {
  distance: ['semantic_distance', 'question_retrieved', 'mean'],
  coverage: ['coverage', 'mean'],
  convergence: ['lambda', 'convergence', 'all'],
  errors: ['error_rate'],
  latency: ['latency', 'total', 'p95'],
} as const;

/** What of the numbers is there: a summary that somebody edited must not stop the exporter. */
function trendIn(summary: unknown): TrendPoint {
  const found = Object.entries(trendPaths).map(([name, names]) => [name, numberAt(summary, names)] as const);
  return Object.fromEntries(found.filter(([, value]) => value !== undefined));
}

function numberAt(value: unknown, names: readonly string[]): number | undefined {
  let found = value;
  for (const name of names) {
    if (typeof found !== 'object' || found === null) return undefined;
    found = (found as Readonly<Record<string, unknown>>)[name]; // an object, as was just seen
  }
  return typeof found === 'number' && Number.isFinite(found) ? found : undefined;
}
