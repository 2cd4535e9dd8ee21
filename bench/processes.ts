import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
export const cli = here('../dist/cli.js');
/** Fewer calls, for trying the benches out; the rows say so. */
export const quick = process.env['BENCH_QUICK'] === '1';

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly seconds: number;
  /** Peak resident memory in MB; 0 where the system does not tell. */
  readonly peakMegabytes: number;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Exit codes that are no failure. */
  readonly codes?: readonly number[];
}

/** Runs a Node program to its end. Throws where it does not end as expected. */
export async function node(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const started = performance.now();
  const child = spawn(process.execPath, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr, peakMegabytes] = ['', '', 0];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
  const watch = setInterval(() => {
    void readFile(`/proc/${child.pid}/status`, 'utf8').then(
      (status) =>
        (peakMegabytes = Math.max(peakMegabytes, Number(/VmHWM:\s+(\d+)/u.exec(status)?.[1] ?? 0) / 1000)),
      () => undefined,
    );
  }, 50);
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  clearInterval(watch);
  if (!(options.codes ?? [0]).includes(code ?? -1))
    throw new Error(`${args.join(' ')} ended with ${String(code)}: ${stderr}`);
  return { code: code ?? -1, stdout, seconds: (performance.now() - started) / 1000, peakMegabytes };
}

export interface BenchArm {
  readonly delayMilliseconds: number;
  /** How many different chunks and answers it has. */
  readonly variety: number;
  /** Stage times and token counts differ from call to call. */
  readonly varied?: boolean;
}

/** An arm in a process of its own while `use` runs. */
export async function withArm<T>(settings: BenchArm, use: (url: string) => Promise<T>): Promise<T> {
  const { delayMilliseconds, variety, varied = false } = settings;
  const args = [
    here('arm-process.mjs'),
    String(delayMilliseconds),
    String(variety),
    ...(varied ? ['varied'] : []),
  ];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  try {
    const port = await new Promise<string>((resolve) =>
      child.stdout?.once('data', (chunk: Buffer) => resolve(chunk.toString('utf8').trim())),
    );
    return await use(`http://127.0.0.1:${port}/ask`);
  } finally {
    child.kill('SIGKILL');
  }
}

export async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(tmpdir(), 'flipgate-bench-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A gold set for `calls` calls in four phrasings and two seeds. */
export async function writeGold(folder: string, calls: number): Promise<string> {
  const file = path.join(folder, `gold-${calls}.jsonl`);
  const lines = Array.from({ length: Math.ceil(calls / 8) }, (_, index) => {
    const paraphrases = [1, 2, 3].map(
      (number) => `In other words (${number}), what about pointer ${index} of the index?`,
    );
    const anchors = [
      {
        section_id: `s${index % 200}`,
        text: `Anchor ${index} says that pointer ${index} is flipped after the caches of index ${index * 3} are warm.`,
      },
    ];
    return JSON.stringify({
      id: `Q_${String(index).padStart(6, '0')}`,
      question: `What about pointer ${index} of the index?`,
      paraphrases,
      anchors,
    });
  });
  await writeFile(file, `${lines.join('\n')}\n`);
  return file;
}

export interface Control {
  readonly p50: number;
  readonly p95: number;
  readonly rate: number;
}

export async function bareLoop(
  url: string,
  sizes: { warmup: number; calls: number; concurrency: number },
): Promise<Control> {
  const { stdout } = await node([
    here('undici-loop.mjs'),
    url,
    String(sizes.warmup),
    String(sizes.calls),
    String(sizes.concurrency),
  ]);
  return JSON.parse(stdout) as Control; // undici-loop.mjs prints just that
}

export interface Measured {
  readonly id: string;
  readonly finished_at: string;
  readonly summary: {
    readonly calls: { readonly ok: number };
    readonly latency: { readonly total: { readonly p50: number; readonly p95: number } };
  };
}

/** The one record of a `run --json`. */
export function recordOf({ stdout }: Ran): Measured {
  const { runs } = JSON.parse(stdout) as { readonly runs: readonly [Measured] };
  return runs[0];
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** How far a control is from itself: its smallest and largest value over its median. */
export function spread(values: readonly number[]): string {
  const middle = median(values);
  return `control differs from itself by ${(Math.min(...values) / middle).toFixed(2)} to ${(Math.max(...values) / middle).toFixed(2)}`;
}
