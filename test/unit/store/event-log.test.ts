import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { exitCodes } from '../../../src/base/errors.ts';
import { appendEvent, checkChain, readEvents, type AppendOptions } from '../../../src/store/event-log.ts';
import { inFolder } from '../../support/cli.ts';
import { clock } from '../../support/clock.ts';

const chained: AppendOptions = {
  chained: { clock, limitSeconds: 60, signal: new AbortController().signal },
};
const kinds: readonly (readonly [string, AppendOptions])[] = [
  ['a plain log', {}],
  ['a chained log', chained],
];

function numbers(file: string): readonly unknown[] {
  return [...readEvents(file)].flatMap((line) => (line.kind === 'event' ? [line.event['number']] : []));
}

async function inLog(use: (file: string, folder: string) => Promise<void>): Promise<void> {
  await inFolder((folder) => use(path.join(folder, 'events', 'log.jsonl'), folder));
}

test.each(kinds)('%s gives back what was appended, in order, and leaves no lock', (_, options) =>
  inLog(async (file) => {
    expect([...readEvents(file)]).toEqual([]);
    for (const number of [1, 2, 3]) await appendEvent(file, { number }, options);
    expect(numbers(file)).toEqual([1, 2, 3]);
    expect(existsSync(`${file}.lock`)).toBe(false);
  }),
);

test.each(kinds)('wherever the last line of %s was cut, it swallows no other', (_, options) =>
  inLog(async (file, folder) => {
    for (const number of [1, 2]) await appendEvent(file, { number }, options);
    const text = await readFile(file);
    const start = text.subarray(0, -1).lastIndexOf(10) + 1;
    for (let end = start; end < text.length; end += 1) {
      const cut = path.join(folder, `${end}.jsonl`);
      await writeFile(cut, text);
      await truncate(cut, end);
      for (const number of [3, 4]) await appendEvent(cut, { number }, options);
      // Cut before its line feed alone, an event is whole.
      const isWhole = end === text.length - 1;
      expect(numbers(cut), `cut at ${end}`).toEqual(isWhole ? [1, 2, 3, 4] : [1, 3, 4]);
      const torn = [...readEvents(cut)].filter(({ kind }) => kind === 'torn');
      expect(torn).toHaveLength(isWhole || end === start ? 0 : 1);
      if (options.chained !== undefined)
        expect(checkChain(cut)).toMatchObject({ ok: true, torn: torn.length });
    }
  }),
);

test('what was torn is told at its place', () =>
  inLog(async (file) => {
    await appendEvent(file, { number: 1 });
    await writeFile(file, '{"number": 2, "te', { flag: 'a' });
    await appendEvent(file, { number: 3 });
    expect([...readEvents(file)].map(({ kind, text }) => [kind, text])).toEqual([
      ['event', '{"number":1}'],
      ['torn', '{"number": 2, "te'],
      ['event', '{"number":3}'],
    ]);
  }));

test.each(kinds)('many who append to %s at once lose nothing', (_, options) =>
  inLog(async (file) => {
    const all = Array.from({ length: 20 }, (_unused, number) => number);
    await Promise.all(all.map((number) => appendEvent(file, { number, text: 'x'.repeat(5000) }, options)));
    expect(numbers(file).toSorted((a, b) => Number(a) - Number(b))).toEqual(all);
    if (options.chained !== undefined) expect(checkChain(file)).toMatchObject({ ok: true, events: 20 });
  }),
);

test('a chain shows what was changed, taken away, put in or moved', () =>
  inLog(async (file) => {
    // The last event is longer than what is read of the end at first.
    for (const number of [1, 2, 3, 4]) await appendEvent(file, { number, text: 'x'.repeat(80_000) }, chained);
    expect(checkChain(file)).toEqual({ ok: true, events: 4, torn: 0, head: expect.any(String) });
    const [one = '', two = '', three = '', four = ''] = (await readFile(file, 'utf8')).split('\n');
    const broken: readonly (readonly [readonly string[], number])[] = [
      [[one, two.replace('2', '5'), three, four], 3],
      [[one, three, four], 2],
      [[two, three, four], 1],
      [[one, two, '{"number":9}', three, four], 3],
      [[one, three, two, four], 2],
    ];
    for (const [lines, event] of broken) {
      await writeFile(file, `${lines.join('\n')}\n`);
      expect(checkChain(file)).toEqual({ ok: false, event });
    }
  }));

test.runIf(existsSync('/dev/full'))('a full disk is a clear error', async () => {
  await expect(appendEvent('/dev/full', {})).rejects.toMatchObject({
    exitCode: exitCodes.error,
    message: '"/dev/full" cannot be written: the disk is full',
  });
});

const writer = fileURLToPath(new URL('../../support/event-writer.ts', import.meta.url));
const kills = Number(process.env['FLIPGATE_TEST_KILLS'] ?? 4);

/** Appends in a process of its own, and kills it once some were written. Returns the last number that was told as written. */
async function killedWriter(file: string, from: number, kind: string): Promise<number> {
  const child = spawn(process.execPath, ['--import', 'tsx', writer, file, String(from), kind], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let told = '';
  child.stdout.on('data', (chunk: Buffer) => {
    told += chunk.toString('utf8');
    if (told.split('\n').length > 1 + (from % 7)) child.kill('SIGKILL');
  });
  await once(child, 'close');
  return Number(told.split('\n').at(-2));
}

test.each(['plain', 'chained'])(
  `after ${kills} kills a %s log has everything that was told as written`,
  (kind) =>
    inLog(async (file) => {
      const written = new Set<number>();
      let from = 0;
      for (let kill = 0; kill < kills; kill += 1) {
        const last = await killedWriter(file, from, kind);
        for (let number = from; number <= last; number += 1) written.add(number);
        from = last + 2;
      }
      expect(written.size).toBeGreaterThanOrEqual(kills);
      expect(numbers(file)).toEqual(expect.arrayContaining([...written]));
      if (kind === 'chained') expect(checkChain(file)).toMatchObject({ ok: true });
    }),
  120_000,
);
