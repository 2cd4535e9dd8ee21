import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { healthy, send, startArm, versions, type ArmServer } from '../support/arm-server.ts';
import { flipgate, inFolder, writeGold } from '../support/cli.ts';

/** Green retrieves the right documents and says something else. */
let [blue, green]: ArmServer[] = [];

beforeAll(async () => {
  [blue, green] = [await startArm(), await startArm()];
  green.versions = { ...versions, PROMPT_VER: 'p2' };
});

afterAll(async () => {
  await Promise.all([blue?.close(), green?.close()]);
});

const numberIn = (question: string): number => Number(/topic (\d+)/u.exec(question)?.[1] ?? 0);

async function judged(
  answer: (question: string, seed: number) => string | object,
): Promise<{ code: number | null; verdict: any }> {
  let found: { code: number | null; verdict: any } | undefined;
  await inFolder(async (folder) => {
    await writeGold(folder, 24);
    const arms = {
      blue: { kind: 'http', url: blue!.url },
      green: { kind: 'http', url: green!.url, response: { error: 'error.message' } },
    };
    const rules = { latency_p95: { waived: 'arms on loopback' }, rollback_drill: { waived: 'no pointer' } };
    await writeFile(
      path.join(folder, 'flipgate.yaml'),
      JSON.stringify({ gold: 'gold.jsonl', arms, gates: { acceptance: { rules } } }),
    );
    green!.respond = (request, response) => {
      const said = answer(request.question, request.seed);
      send(response, 200, {
        ...healthy(green!, request),
        ...(typeof said === 'string' ? { answer: said } : said),
      });
    };
    const { code, stdout } = await flipgate(folder, ['run', '--gate', 'acceptance', '--quiet', '--json']);
    const { verdict } = JSON.parse(stdout);
    found = { code, verdict };
  });
  return found!;
}

const failed = (verdict: any): string[] =>
  verdict.rules.filter((rule: any) => rule.verdict === 'fail').map((rule: any) => rule.rule);

describe('right documents and', { timeout: 60_000 }, () => {
  test('answers of its own pass', async () => {
    const { code, verdict } = await judged(
      (question, seed) =>
        `All that is known about topic ${numberIn(question)} stands in this one sentence of the document. (${seed})`,
    );
    expect([code, verdict.verdict]).toEqual([0, 'pass']);
    expect(verdict.rules.find(({ rule }: any) => rule === 'answer_distance_increase')).toMatchObject({
      verdict: 'pass',
      limit: 0.1,
      comparing: 'difference',
    });
  });

  test.each([
    ['an error text as every answer', () => 'ERROR: model unavailable, please try again later'],
    ['one text as every answer', () => 'The handbook describes this in its chapter on operations.'],
  ])('%s do not pass, and the sentence names it', async (_, answer) => {
    const { code, verdict } = await judged(answer);
    expect([code, verdict.verdict]).toEqual([1, 'fail']);
    expect(failed(verdict)).toEqual(
      expect.arrayContaining(['answer_distance_increase', 'lambda_convergence']),
    );
    expect(verdict.reason).toContain(
      '192 calls of green have an answer that the arm gives to other questions too (repeated_answer)',
    );
  });

  test('a word of another question each time do not pass', async () => {
    const words = [
      'The harbour closes at nine.',
      'Bread is baked with rye.',
      'A violin has four strings.',
      'Glaciers move slowly downhill.',
    ];
    const { code, verdict } = await judged(
      (question, seed) =>
        `${words[(numberIn(question) + seed) % 4]} That is known of number ${numberIn(question) * 7 + seed}.`,
    );
    expect([code, verdict.verdict]).toEqual([1, 'fail']);
    expect(failed(verdict)).toContain('answer_distance_increase');
  });

  test('an error inside of a 200 is a fault with its text', async () => {
    const { code, verdict } = await judged((question, seed) =>
      numberIn(question) % 4 === 0 && seed === 1 ? { error: { message: 'quota exceeded' } } : {},
    );
    expect([code, verdict.verdict, failed(verdict)]).toEqual([
      1,
      'fail',
      expect.arrayContaining(['error_rate']),
    ]);
  });
});
