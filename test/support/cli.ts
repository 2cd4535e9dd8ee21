import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
/** One cache for all test runs of this checkout, so that the model is asked for each text once. */
export const cache = fileURLToPath(new URL('../../.cache/test-vectors', import.meta.url));

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
}

export type Environment = Readonly<Record<string, string>>;

/** Starts the built CLI as a process of its own. `TEST_DESCRIPTORS` in `env`: how many it may have. */
export function start(cwd: string, args: readonly string[], env: Environment = {}): Started {
  const { TEST_DESCRIPTORS: descriptors, ...environment } = env;
  const limited =
    descriptors === undefined ? [] : ['sh', '-c', `ulimit -n ${descriptors} && exec "$@"`, 'sh'];
  const [program = '', ...words] = [...limited, process.execPath, cli, ...args];
  const child = spawn(program, words, {
    cwd,
    env: { PATH: process.env['PATH'] ?? '', HOME: cwd, FLIPGATE_CACHE: cache, ...environment },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
  const finished = new Promise<Finished>((resolve) => {
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
  return { child, finished };
}

/** Runs the built CLI to its end. */
export function flipgate(cwd: string, args: readonly string[], env: Environment = {}): Promise<Finished> {
  return start(cwd, args, env).finished;
}

/** A folder that is gone after `use`. */
export async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'flipgate-'));
  try {
    await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Writes a gold set of some questions with three paraphrases each. */
export async function writeGold(
  folder: string,
  count: number,
  change: (id: string) => object = () => ({}),
): Promise<string> {
  const file = path.join(folder, 'gold.jsonl');
  const lines = Array.from({ length: count }, (_, index) => {
    const id = `Q_${String(index + 1).padStart(3, '0')}`;
    const topic = `topic ${index + 1}`;
    const paraphrases = [
      `Tell me about ${topic}.`,
      `${topic}: what is known?`,
      `Is there anything on ${topic}?`,
    ];
    const anchors = [
      {
        section_id: `s${index + 1}`,
        source_url: 'doc.md',
        text: `All that is known about ${topic} stands in this one sentence of the document.`,
      },
    ];
    return JSON.stringify({ id, question: `What about ${topic}?`, paraphrases, anchors, ...change(id) });
  });
  await writeFile(file, `${lines.join('\n')}\n`);
  return file;
}

/** The folders of the runs in a store, oldest first. */
export async function runFolders(store: string): Promise<readonly string[]> {
  const names = await readdir(store);
  return names
    .filter((name) => /^\d{8}T/u.test(name))
    .sort()
    .map((name) => path.join(store, name));
}

/** The lines of a JSON Lines file, parsed. */
export async function jsonLines(file: string): Promise<readonly Record<string, any>[]> {
  const text = await readFile(file, 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, any>);
}

export async function json(file: string): Promise<Record<string, any>> {
  return JSON.parse(await readFile(file, 'utf8')) as Record<string, any>;
}

/** Waits until something holds; looks at it every 10 ms. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 10));
}
