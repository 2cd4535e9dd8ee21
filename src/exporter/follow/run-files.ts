import { statSync } from 'node:fs';
import { fileHash } from '../../base/files.ts';
import type { JudgedFile, JudgedRecord } from '../../gates/verdict.ts';
import { recordedFiles, type RunFolder } from '../../store/run-folder.ts';

const beingChecked = 'is being checked';

interface ReadState {
  readonly state: string;
  /** `undefined` while it is being read. */
  hash: string | undefined;
}

/** Whether the files of judged runs are what they were, told without reading them where their sizes and times say so. */
export class RunFiles {
  /** By file: the newest of its states that was read. */
  readonly #read = new Map<string, ReadState>();
  readonly #reading = new Set<Promise<unknown>>();

  /** Why the files of a run are not what was judged; `undefined` where they are. */
  damage(folder: RunFolder, judged: JudgedRecord): string | undefined {
    // Every file is looked at: those that are to be read are read at the same time.
    const problems = Object.entries(recordedFiles(folder)).flatMap(([name, file]) => {
      const then = judged.files[name];
      const problem = then && this.#problemOf(file, then);
      return problem === undefined ? [] : [`"${file}" ${problem}`];
    });
    return problems.find((problem) => !problem.endsWith(beingChecked)) ?? problems[0];
  }

  /** Resolves when what is being read was read. */
  async settled(): Promise<void> {
    await Promise.all(this.#reading);
  }

  #problemOf(file: string, { sha256, bytes, modified }: JudgedFile): string | undefined {
    const found = statSync(file, { throwIfNoEntry: false });
    if (found === undefined) return 'is missing';
    if (found.size !== bytes) return 'is not what was judged';
    if (found.mtimeMs === modified) return undefined;
    // A copy of a store has other times.
    const state = `${found.ino} ${found.size} ${found.mtimeMs} ${found.ctimeMs}`;
    const known = this.#read.get(file);
    const { hash } = known?.state === state ? known : this.#begin(file, state);
    if (hash === undefined) return beingChecked;
    return hash === sha256 ? undefined : 'is not what was judged';
  }

  /** Off the path of those who ask: reading a large file takes seconds. */
  #begin(file: string, state: string): ReadState {
    const read: ReadState = { state, hash: undefined };
    this.#read.set(file, read);
    const reading = fileHash(file).then(
      (hash) => (read.hash = hash ?? 'missing'),
      () => (read.hash = 'unreadable'),
    );
    this.#reading.add(reading);
    void reading.then(() => this.#reading.delete(reading));
    return read;
  }
}
