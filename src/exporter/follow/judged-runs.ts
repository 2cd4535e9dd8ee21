import { existsSync } from 'node:fs';
import { integritySha256 } from '../../base/integrity/sealed.ts';
import type { RunLookup } from '../../gates/validity/context.ts';
import type { JudgedRecord, Verdict } from '../../gates/verdict.ts';
import type { RunRecord } from '../../scoring/record.ts';
import { watchedFile, type WatchedFile } from '../../store/follow/file.ts';
import { recordIn } from '../../store/documents/run.ts';
import { runFolder } from '../../store/run-folder.ts';
import { RunFiles } from './run-files.ts';

export interface JudgedRunsOptions {
  readonly store: string;
  readonly now: () => number;
  /** Why a record does not count, whatever is in it. */
  readonly signing: { readonly runProblem: (record: RunRecord) => string | undefined };
}

interface Read {
  readonly record: RunRecord;
  readonly sha256: string;
}

/** The runs that verdicts rest on, whether they are their arm's newest or not. */
export class JudgedRuns {
  readonly #options: JudgedRunsOptions;
  readonly #files = new RunFiles();
  #records = new Map<string, WatchedFile<Read | undefined>>();

  constructor(options: JudgedRunsOptions) {
    this.#options = options;
  }

  /** Forgets the runs that none of these verdicts rests on. */
  keep(verdicts: readonly Verdict[]): void {
    const ids = verdicts.flatMap(({ runs: { candidate, baseline } }) => [candidate, baseline]);
    const known = new Set(ids);
    this.#records = new Map([...this.#records].filter(([id]) => known.has(id)));
  }

  /** Resolves when the files that are being checked were checked. */
  settled(): Promise<void> {
    return this.#files.settled();
  }

  /** Looks a run up. `judged`: its documents as the verdict has them. */
  find(id: string, judged: JudgedRecord | undefined): RunLookup {
    const { store, now, signing } = this.#options;
    const folder = runFolder(store, id);
    const file = this.#records.get(id) ?? watchedFile(readRecord, now);
    this.#records.set(id, file);
    const found = file.read(folder.record);
    if (found !== undefined) {
      const damage = judged === undefined ? undefined : this.#files.damage(folder, judged);
      return { state: 'found', ...found, damage: signing.runProblem(found.record) ?? damage };
    }
    if (existsSync(folder.record))
      return { state: 'damaged', reason: `"${folder.record}" is damaged or was edited: judge again` };
    return { state: existsSync(folder.path) ? 'unfinished' : 'missing' };
  }
}

function readRecord(text: string, file: string): Read | undefined {
  const record = recordIn(text, file);
  return record === undefined ? undefined : { record, sha256: integritySha256(record) };
}
