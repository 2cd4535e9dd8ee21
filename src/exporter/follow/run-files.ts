import { statSync } from 'node:fs';
import { fileHash } from '../../base/files.ts';
import type { JudgedFile, JudgedRecord } from '../../gates/verdict.ts';
import { recordedFiles, type RunFolder } from '../../store/run-folder.ts';

const beingChecked = 'is being checked';

/** Whether the files of judged runs are what they were, told without reading them where their sizes and times say so. */
export class RunFiles {
  /** By file and state: its hash, or that it is being read. */
  readonly #hashes = new Map<string, string | undefined>();
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
    const key = `${file} ${found.ino} ${found.size} ${found.mtimeMs} ${found.ctimeMs}`;
    if (!this.#hashes.has(key)) this.#hash(key, file);
    const hash = this.#hashes.get(key);
    if (hash === undefined) return beingChecked;
    return hash === sha256 ? undefined : 'is not what was judged';
  }

  /** Off the path of those who ask: reading a large file takes seconds. */
  #hash(key: string, file: string): void {
    this.#hashes.set(key, undefined);
    const reading = fileHash(file).then(
      (hash) => this.#hashes.set(key, hash ?? 'missing'),
      () => this.#hashes.set(key, 'unreadable'),
    );
    this.#reading.add(reading);
    void reading.then(() => this.#reading.delete(reading));
  }
}
