import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { bundled } from './bundled.ts';
import type { BenchRow } from './row.ts';

const rounds = 3;
const batchSizes = [8, 16, 32, 64] as const;
const maxMegabytes = 500;
const leastRatio = 0.95;

const replyShape = z.object({
  per_second: z.number().optional(),
  peak_megabytes: z.number().optional(),
  ready: z.boolean().optional(),
});

/** A process that embeds on request, one request at a time. */
interface Worker {
  readonly embed: (
    texts: readonly string[],
    batch: number,
  ) => Promise<{ readonly perSecond: number; readonly peakMegabytes: number }>;
  readonly close: () => void;
}

interface Measured {
  readonly ours: number;
  /** Undefined where there is no control. */
  readonly control: number | undefined;
  readonly controlBatch: number | undefined;
  readonly peakMegabytes: number;
}

/**
 * Embeddings per second for short texts and for ones of about 220 tokens (one window each), each the median of three rounds, alternated with
 * sentence-transformers at its best batch size on this machine, and our peak memory. The control runs with `$BENCH_PYTHON`, or `python3`.
 */
export async function embeddings(): Promise<BenchRow[]> {
  const ours = await startWorker(process.execPath, [await bundled('embeddings-worker.mjs')]);
  if (ours === undefined) throw new Error('the embedder does not start');
  const control = await startWorker(process.env['BENCH_PYTHON'] ?? 'python3', [
    pathOf('sentence-transformers.py'),
    pathOf('../models/all-MiniLM-L6-v2'),
  ]);
  try {
    const short = await measure(ours, control, shortTexts());
    const long = await measure(ours, control, longTexts());
    return [row('short texts (STS-B)', short), row('texts of 220 tokens (Cranfield)', long), memoryRow(long)];
  } finally {
    ours.close();
    control?.close();
  }
}

async function measure(
  ours: Worker,
  control: Worker | undefined,
  texts: readonly string[],
): Promise<Measured> {
  const own: number[] = [];
  const others: number[] = [];
  let peakMegabytes = 0;
  const batch = control === undefined ? undefined : await bestBatch(control, texts);
  for (let round = 0; round < rounds; round += 1) {
    const result = await ours.embed(texts, 0);
    own.push(result.perSecond);
    ({ peakMegabytes } = result);
    if (control !== undefined && batch !== undefined)
      others.push((await control.embed(texts, batch)).perSecond);
  }
  return {
    ours: median(own),
    control: others.length === 0 ? undefined : median(others),
    controlBatch: batch,
    peakMegabytes,
  };
}

async function bestBatch(control: Worker, texts: readonly string[]): Promise<number> {
  await control.embed(texts.slice(0, 32), 16);
  const speeds: number[] = [];
  for (const batch of batchSizes) speeds.push((await control.embed(texts, batch)).perSecond);
  return batchSizes[speeds.indexOf(Math.max(...speeds))] ?? 32;
}

async function startWorker(program: string, arguments_: readonly string[]): Promise<Worker | undefined> {
  const child = spawn(program, arguments_, { stdio: ['pipe', 'pipe', 'ignore'] });
  child.on('error', () => undefined);
  child.stdin.on('error', () => undefined);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const reply = async (): Promise<z.infer<typeof replyShape> | undefined> => {
    const line = await lines.next();
    return line.done === true ? undefined : replyShape.parse(JSON.parse(line.value));
  };
  if ((await reply())?.ready !== true) return undefined;
  return {
    embed: async (texts, batch) => {
      child.stdin.write(`${JSON.stringify({ texts, batch })}\n`);
      const result = await reply();
      if (result?.per_second === undefined) throw new Error(`"${program}" ended while embedding`);
      return { perSecond: result.per_second, peakMegabytes: result.peak_megabytes ?? 0 };
    },
    close: () => child.stdin.end(),
  };
}

function row(name: string, { ours, control, controlBatch }: Measured): BenchRow {
  const value = `${ours.toFixed(0)} embeddings/s`;
  const bar = `≥ ${leastRatio} × sentence-transformers`;
  if (control === undefined) {
    return {
      name: `embeddings, ${name}`,
      value,
      bar,
      ok: undefined,
      note: 'no control: torch and sentence-transformers are not there (set BENCH_PYTHON)',
    };
  }
  const ratio = ours / control;
  const note = `sentence-transformers ${control.toFixed(0)}/s at its best batch size ${controlBatch}; ratio of medians ${ratio.toFixed(2)}`;
  return { name: `embeddings, ${name}`, value, bar, ok: ratio >= leastRatio, note };
}

function memoryRow({ peakMegabytes }: Measured): BenchRow {
  return {
    name: 'embeddings, peak memory',
    value: `${peakMegabytes.toFixed(0)} MB`,
    bar: `below ${maxMegabytes} MB`,
    ok: peakMegabytes < maxMegabytes,
    note: 'whole process',
  };
}

function shortTexts(): readonly string[] {
  const pairs = linesOf(
    '../test/fixtures/embed/minilm-reference.jsonl',
    z.object({ a: z.string(), b: z.string() }),
  );
  return [...new Set(pairs.flatMap(({ a, b }) => [a, b]))];
}

function longTexts(): readonly string[] {
  return linesOf('fixtures/cranfield-abstracts.jsonl', z.object({ text: z.string() })).map(
    ({ text }) => text,
  );
}

function linesOf<T>(name: string, shape: z.ZodType<T>): readonly T[] {
  return readFileSync(pathOf(name), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => shape.parse(JSON.parse(line)));
}

function pathOf(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.table(await embeddings());
