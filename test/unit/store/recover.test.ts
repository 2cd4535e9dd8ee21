import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import type { GoldSet } from '../../../src/plan/gold-set.ts';
import { recoverCalls } from '../../../src/store/recover.ts';
import type { OpenRun } from '../../../src/asking/session.ts';
import { openStoredCalls } from '../../../src/store/stored-calls.ts';
import { createRandom, shuffledIndices } from '../../../src/plan/random.ts';
import { inFolder } from '../../support/cli.ts';
import {
  answered,
  askAll,
  fault,
  goldOf,
  memberOf,
  scriptedArm,
  smallPlan,
} from '../../support/scripted-arm.ts';

async function whole(folder: string, questions = 3): Promise<OpenRun> {
  const { runs } = await askAll(
    folder,
    [memberOf(scriptedArm('blue', (request) => (request.seed === 1 ? answered(request) : fault())))],
    {
      questions,
    },
  );
  return runs[0]!;
}

const linesOf = async ({ folder }: OpenRun): Promise<string[]> =>
  (await readFile(folder.calls, 'utf8')).trimEnd().split('\n');

test('a journal cut at any byte keeps every whole line, and gives the rest back to be asked', () =>
  inFolder(async (folder) => {
    const run = await whole(folder, 1);
    const [calls, texts] = [await readFile(run.folder.calls), await readFile(run.folder.snippets)];
    const random = createRandom(20261122);
    for (let round = 0; round < 60; round += 1) {
      const cut = Math.floor(random() * (calls.length + 1));
      await writeFile(run.folder.calls, calls.subarray(0, cut));
      await writeFile(run.folder.snippets, texts);
      const wholeLines = calls.subarray(0, cut).toString('latin1').split('\n').length - 1;
      const recovered = await recoverCalls(run.folder, run.plan, 'blue');
      const torn = cut > 0 && calls[cut - 1] !== 10 ? 1 : 0;
      expect([recovered.asked, recovered.torn, recovered.dropped]).toEqual([wholeLines, torn, 0]);
      expect(recovered.done.reduce((sum, flag) => sum + flag, 0)).toBe(wholeLines);
      expect((await readFile(run.folder.calls, 'utf8')).split('\n')).toHaveLength(wholeLines + 1);
    }
  }));

test('a recorded fault counts as asked', () =>
  inFolder(async (folder) => {
    const run = await whole(folder);
    expect((await recoverCalls(run.folder, run.plan, 'blue')).asked).toBe(24);
  }));

test.each([
  ['garbage', 'garbage', { torn: 1, dropped: 0 }],
  ['JSON that is no call', '[1, 2]', { torn: 1, dropped: 0 }],
  ['a line without a key', '{"question":"Q_000"}', { torn: 1, dropped: 0 }],
  ['NUL bytes, as a crash of the machine leaves them', '\0\0\0\0', { torn: 1, dropped: 0 }],
  ['a call that nobody planned', '{"key":"0000"}', { torn: 0, dropped: 1 }],
])('%s in the middle goes, and everything around it stays', (_, line, counts) =>
  inFolder(async (folder) => {
    const run = await whole(folder);
    const lines = await linesOf(run);
    await writeFile(run.folder.calls, `${[...lines.slice(0, 5), line, ...lines.slice(5)].join('\n')}\n`);
    expect(await recoverCalls(run.folder, run.plan, 'blue')).toMatchObject({ asked: 24, ...counts });
    expect(await linesOf(run)).toEqual(lines);
  }),
);

test('of two lines for one cell the first counts, when recovered and when scored', () =>
  inFolder(async (folder) => {
    const run = await whole(folder, 1);
    const lines = await linesOf(run);
    const second = { ...(JSON.parse(lines[0]!) as object), answer: 'the second' };
    await appendFile(run.folder.calls, `${JSON.stringify(second)}\n`);
    const stored = openStoredCalls(run.folder, run.plan, 'blue');
    expect(stored.ofQuestion(0).map(({ answer }) => answer)).not.toContain('the second');
    stored.close();
    expect(await recoverCalls(run.folder, run.plan, 'blue')).toMatchObject({ asked: 8, dropped: 1 });
    expect(await linesOf(run)).toEqual(lines);
  }));

test('the calls of one arm are none of another’s', () =>
  inFolder(async (folder) => {
    const run = await whole(folder);
    expect((await recoverCalls(run.folder, run.plan, 'green')).asked).toBe(0);
  }));

test('with another gold set the changed goes, the removed goes, the added is missing, and the rest stays where it belongs', () =>
  inFolder(async (folder) => {
    const run = await whole(folder, 4);
    const { questions } = goldOf(5);
    const changed: GoldSet = goldOf(0, {
      questions: [
        questions[0]!,
        { ...questions[1]!, question: 'Something else?' },
        questions[3]!,
        questions[4]!,
      ],
    });
    const plan = smallPlan(changed);
    const recovered = await recoverCalls(run.folder, plan, 'blue');
    // Two calls of the changed question, eight of the removed one; two and eight to be asked.
    expect(recovered).toMatchObject({ asked: 22, dropped: 10, torn: 0 });
    const missing = [...recovered.done.keys()]
      .filter((index) => recovered.done[index] === 0)
      .map((index) => plan.cell(index));
    expect(missing.map(({ question, phrasing }) => `${question.id} ${phrasing}`)).toEqual([
      'Q_001 0',
      'Q_001 0',
      ...[0, 0, 1, 1, 2, 2, 3, 3].map((phrasing) => `Q_004 ${phrasing}`),
    ]);
  }));

test('calls are read in plan order from a file in any order', () =>
  inFolder(async (folder) => {
    const run = await whole(folder, 2);
    const lines = await linesOf(run);
    const readAll = (): unknown => {
      const stored = openStoredCalls(run.folder, run.plan, 'blue');
      const calls = [0, 1].flatMap((index) => stored.ofQuestion(index));
      stored.close();
      return calls;
    };
    const before = readAll();
    await writeFile(
      run.folder.calls,
      `${Array.from(shuffledIndices(lines.length, createRandom(3)), (index) => lines[index]).join('\n')}\n`,
    );
    expect(readAll()).toEqual(before);
  }));

test('a text that the record has lost is an error, not an empty text', () =>
  inFolder(async (folder) => {
    const run = await whole(folder, 1);
    await writeFile(run.folder.snippets, '');
    const stored = openStoredCalls(run.folder, run.plan, 'blue');
    const hash = stored.ofQuestion(0).find(({ retrieved }) => retrieved !== undefined)!
      .retrieved![0]!.text_sha256;
    expect(() => stored.textOf(hash)).toThrow(
      expect.objectContaining({ exitCode: 4, message: expect.stringContaining(`has no text ${hash}`) }),
    );
    stored.close();
  }));

test('a text that was cut goes, so that the next one starts on its own line', () =>
  inFolder(async (folder) => {
    const run = await whole(folder, 1);
    const texts = await readFile(run.folder.snippets, 'utf8');
    await appendFile(run.folder.snippets, '{"sha256":"abc","te');
    expect((await recoverCalls(run.folder, run.plan, 'blue')).asked).toBe(8);
    expect(await readFile(run.folder.snippets, 'utf8')).toBe(texts);
  }));
