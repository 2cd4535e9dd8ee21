import { cp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { sealed } from '../../../src/base/integrity/sealed.ts';
import { storeDrill } from '../../../src/store/documents/drill.ts';
import { json } from '../cli.ts';
import type { Commands } from './commands.ts';
import type { Kit, MadeRun } from './kit.ts';
import type { About, Reader } from './readers.ts';

/** A copy of the kit's folder that a case changes. */
export interface Site {
  readonly folder: string;
  readonly store: string;
  readonly kit: Kit;
  readonly commands: Commands;
  /** Registers what is to be done when everybody was asked. */
  after(undo: () => Promise<unknown> | void): void;
}

export interface Case {
  readonly what: string;
  readonly change: (site: Site) => Promise<unknown>;
  /** Whose verdict is asked for; that of `acceptance` on Green by default. */
  readonly about?: About;
  /** Readers whose answer is another one than the table's, and why that is right. */
  readonly except?: Partial<Record<Reader, 'pass' | 'not pass'>>;
  /** Why, in words. */
  readonly because?: string;
  /** By how many milliseconds the clock of those who are asked is ahead. */
  readonly ahead?: number;
  /** Whether a server of its own is asked, which starts after the change. */
  readonly startsServer?: boolean;
  /** Whether a verdict that is none of the two, and is true, stands for a moment: only a later look says that the change was seen. */
  readonly judgesFirst?: boolean;
}

/** Edits flipgate.yaml. */
export const configured =
  (edit: (config: Record<string, any>, site: Site) => void) =>
  async (site: Site): Promise<void> => {
    const file = path.join(site.folder, 'flipgate.yaml');
    const config = await json(file);
    edit(config, site);
    await writeFile(file, JSON.stringify(config));
  };

/** Puts runs beside the judged ones. */
export const withRuns =
  (...made: readonly MadeRun[]) =>
  async ({ store, kit }: Site): Promise<void> => {
    for (const run of (await Promise.all(made.map((name) => kit.runsOf(name)))).flat())
      await cp(run, path.join(store, path.basename(run)), { recursive: true });
  };

export const runFolderOf = ({ store, kit }: Site, arm: 'blue' | 'green'): string =>
  path.join(store, kit.judged[arm]);

/** Edits a JSON file; `reseal` gives it the hash that it then has to have. */
export async function editJson(
  file: string,
  edit: (document: Record<string, any>) => void,
  reseal = false,
): Promise<void> {
  const document = await json(file);
  edit(document);
  if (reseal) delete document['integrity'];
  await writeFile(file, JSON.stringify(reseal ? sealed(document) : document));
}

export const verdictFile = ({ store }: Site, gate = 'acceptance', arm = 'green'): string =>
  path.join(store, 'verdicts', `${gate}.${arm}.json`);

/** Edits the stored verdict. */
export const verdictEdited =
  (edit: (verdict: Record<string, any>) => void) =>
  (site: Site): Promise<void> =>
    editJson(verdictFile(site), edit);

/** Edits a file's text. */
export async function editText(file: string, edit: (text: string) => string): Promise<void> {
  await writeFile(file, edit(await readFile(file, 'utf8')));
}

/** Makes a folder a copy of another one; itself it stays. */
export async function reset(folder: string, origin: string): Promise<void> {
  for (const name of await readdir(folder))
    await rm(path.join(folder, name), { recursive: true, force: true });
  await cp(origin, folder, { recursive: true });
}

/** Waits until something holds. A server looks at its store at most five times a second: asking it more often only keeps it busy. */
export async function untilSeen(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 60));
}

let looks = 0;

/** Waits until a server has looked at the store since this was called: at a drill that it did not know, twice, since a look may be under way. */
export async function untilLooked(url: string, store: string): Promise<void> {
  for (let time = 0; time < 2; time += 1) {
    looks += 1;
    const pointer = `look-${looks}`;
    await storeDrill(store, {
      schema: 'flipgate.drill/1',
      pointer,
      finished_at: new Date().toISOString(),
      ttr_seconds: 40,
      verified: true,
    });
    await untilSeen(async () => (await (await fetch(`${url}/metrics`)).text()).includes(`"${pointer}"`));
  }
}
