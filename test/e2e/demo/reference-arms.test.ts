import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseResponse } from '../../../src/arms/response/parse-response.ts';
import { versionFields, type Response } from '../../../src/scoring/answer.ts';
import { defaultRefusalPhrases } from '../../../src/scoring/refusals/refusal.ts';
import { defaultScoring } from '../../../src/scoring/scoring-options.ts';
import { hasToolLoop } from '../../../src/scoring/tool-loop.ts';
import { scenarioNames } from '../../../src/demo/scenarios.ts';
import { ask, bread, openWorkshop, questions, withArms, write, type Workshop } from './small-handbook.ts';

const rye = questions[0]!;
const tyre = questions[1]!;
const many = Array.from({ length: 60 }, (_, index) => `How long does rye bread number ${index} bake?`);
let workshop: Workshop;

beforeAll(() => {
  workshop = openWorkshop();
});
afterAll(() => workshop.remove());

async function answerOf(
  url: string,
  question: string,
  more: { seed?: number; key?: string } = {},
): Promise<Response> {
  const response = await ask(url, question, more);
  expect(response.status).toBe(200);
  const parsed = parseResponse(await response.json(), (text) => text);
  if (!parsed.ok) throw new Error(parsed.message);
  expect(parsed.findings).toEqual([]);
  return parsed.response;
}

describe('a healthy reference arm', () => {
  test('answers in the contract shape without a finding', async () => {
    await withArms(workshop, 'healthy', async ({ blue }) => {
      const answer = await answerOf(blue.url, rye);
      expect(answer.answer).toContain('50 minutes at 220 degrees');
      expect(answer.citations).toEqual([answer.retrieved?.[0]?.snippet_id]);
      expect(Object.keys(answer.stages ?? {})).toEqual(['retrieve', 'rerank', 'reason']);
      expect(answer.versions).toEqual(blue.pins);
      expect(answer.tool_calls).toHaveLength(1);
      expect(answer.usage?.input_tokens).toBeGreaterThan(0);
    });
  });

  test('returns snippets that are the slices that they claim', async () => {
    await withArms(workshop, 'healthy', async ({ blue }) => {
      const { retrieved } = await answerOf(blue.url, rye);
      for (const { source_url, offsets, text } of retrieved ?? []) {
        const document = readFileSync(path.join(workshop.goldFolder, source_url!), 'utf8');
        expect(
          Array.from(document)
            .slice(...offsets!)
            .join(''),
        ).toBe(text);
      }
      expect(retrieved?.[0]).toMatchObject({ source_url: 'handbook/bread.md', section_id: 'baking-time' });
    });
  });

  test('gives the same request the same answer, and another seed other words', async () => {
    await withArms(workshop, 'healthy', async ({ blue }) => {
      const first = await answerOf(blue.url, tyre, { seed: 1 });
      const again = await answerOf(blue.url, tyre, { seed: 1 });
      expect(again.answer).toBe(first.answer);
      const answers = await Promise.all(
        [1, 2, 3, 4, 5, 6].map(async (seed) => (await answerOf(blue.url, tyre, { seed })).answer),
      );
      expect(new Set(answers).size).toBeGreaterThan(1);
    });
  });

  test('refuses in a recognised phrase what its documents do not cover', async () => {
    await withArms(workshop, 'healthy', async ({ blue }) => {
      const answer = await answerOf(blue.url, 'Which CUDA driver do the graphics cards need?');
      expect(answer).toMatchObject({ refused: true, citations: [] });
      expect(defaultRefusalPhrases.some((phrase) => answer.answer?.toLowerCase().includes(phrase))).toBe(
        true,
      );
    });
  });

  test('has its side effect once for an idempotency key', async () => {
    await withArms(workshop, 'healthy', async ({ blue }) => {
      expect(await answerOf(blue.url, rye, { key: 'a' })).toMatchObject({ side_effects: 1, dedupe_hits: 0 });
      expect(await answerOf(blue.url, rye, { key: 'a' })).toMatchObject({ side_effects: 0, dedupe_hits: 1 });
      expect(await answerOf(blue.url, rye, { key: 'b' })).toMatchObject({ side_effects: 1, dedupe_hits: 0 });
    });
  });

  test('tells all five versions at its versions URL, and Green is another artifact', async () => {
    await withArms(workshop, 'healthy', async ({ blue, green }) => {
      const told = await Promise.all(
        [blue, green].map(async ({ versionsUrl }) => (await fetch(versionsUrl)).json()),
      );
      expect(told).toEqual([blue.pins, green.pins]);
      expect(Object.keys(blue.pins).sort()).toEqual([...versionFields].sort());
      expect(green.pins).not.toEqual(blue.pins);
    });
  });

  test('answers 400 to what is no question and 404 elsewhere', async () => {
    await withArms(workshop, 'healthy', async ({ blue }) => {
      expect((await fetch(blue.url, { method: 'POST', body: '{"question": 7}' })).status).toBe(400);
      expect((await fetch(blue.url, { method: 'POST', body: 'x' })).status).toBe(400);
      expect((await fetch(blue.url)).status).toBe(404);
    });
  });

  test('reports another INDEX_HASH and nothing else when a document changes', async () => {
    const before = await withArms(workshop, 'healthy', async ({ blue }) => blue.pins);
    write(workshop.goldFolder, 'handbook/bread.md', bread.replace('50', '55'));
    const after = await withArms(workshop, 'healthy', async ({ blue }) => blue.pins);
    write(workshop.goldFolder, 'handbook/bread.md', bread);
    expect(after).toEqual({ ...before, INDEX_HASH: after.INDEX_HASH });
    expect(after.INDEX_HASH).not.toBe(before.INDEX_HASH);
  });
});

describe('a damaged Green', () => {
  test('with a stale index does not find what is new', async () => {
    await withArms(workshop, 'stale-index', async ({ blue, green }) => {
      expect((await answerOf(blue.url, rye)).retrieved?.[0]?.source_url).toBe('handbook/bread.md');
      const sources = (await answerOf(green.url, rye)).retrieved?.map(({ source_url }) => source_url);
      expect(new Set(sources)).toEqual(new Set(['handbook/bicycle.md']));
    });
  });

  test('with another tokenizer for its questions no longer meets its documents', async () => {
    await withArms(workshop, 'wrong-tokenizer', async ({ blue, green }) => {
      const [healthy, damaged] = await Promise.all([answerOf(blue.url, rye), answerOf(green.url, rye)]);
      expect(healthy.refused).toBe(false);
      expect(damaged.refused).toBe(true);
    });
  });

  test('that is slow reasons for much longer on many calls', async () => {
    await withArms(workshop, 'slow', async ({ blue, green }) => {
      const factors = await Promise.all(
        many.slice(0, 20).map(async (question) => {
          const [fast, slow] = await Promise.all([
            answerOf(blue.url, question),
            answerOf(green.url, question),
          ]);
          return slow.stages!.reason! / fast.stages!.reason!;
        }),
      );
      expect(factors.filter((factor) => factor > 1.5).length).toBeGreaterThan(3);
    });
  });

  test('that is faulty fails some calls, the same ones each time, in several ways', async () => {
    await withArms(workshop, 'faulty', async ({ green }) => {
      const asked = [...many, ...many.map((question) => `${question} Really?`)];
      const outcome = (question: string): Promise<string> =>
        ask(green.url, question).then(outcomeOf, () => 'network');
      const first = await Promise.all(asked.map(outcome));
      expect(await Promise.all(asked.map(outcome))).toEqual(first);
      const faults = first.filter((one) => one !== 'ok');
      expect(faults.length).toBeGreaterThan(0);
      expect(faults.length).toBeLessThan(asked.length / 5);
      expect(new Set(faults).size).toBeGreaterThan(1);
    });
  });

  test('that is unstable changes its section with the seed, not with the repetition', async () => {
    await withArms(workshop, 'unstable', async ({ green }) => {
      const cited = async (seed: number): Promise<string | undefined> =>
        (await answerOf(green.url, rye, { seed })).citations?.[0];
      const seeds = [1, 2, 3, 4, 5, 6, 7, 8];
      const first = await Promise.all(seeds.map(cited));
      expect(new Set(first).size).toBeGreaterThan(1);
      expect(await Promise.all(seeds.map(cited))).toEqual(first);
    });
  });

  test('in a tool loop repeats its search for some questions and not for others', async () => {
    await withArms(workshop, 'tool-loop', async ({ blue, green }) => {
      const loops = async (url: string): Promise<number> => {
        const answers = await Promise.all(many.map((question) => answerOf(url, question)));
        return answers.filter(({ tool_calls }) => hasToolLoop(tool_calls ?? [], defaultScoring.toolLoop))
          .length;
      };
      const looping = await loops(green.url);
      expect(looping).toBeGreaterThan(0);
      expect(looping).toBeLessThan(many.length / 2);
      expect(await loops(blue.url)).toBe(0);
    });
  });

  test('that drifts reports two prompt versions, one of them the pinned one', async () => {
    await withArms(workshop, 'version-drift', async ({ green }) => {
      const answers = await Promise.all(many.slice(0, 20).map((question) => answerOf(green.url, question)));
      const reported = new Set(answers.map(({ versions }) => versions?.PROMPT_VER));
      expect(reported.size).toBe(2);
      expect(reported).toContain(green.pins.PROMPT_VER);
    });
  });

  test('that is identical is the same arm', async () => {
    await withArms(workshop, 'identical', async ({ blue, green }) => expect(green).toEqual(blue));
  });
});

test('there is the healthy scenario and eight damaged ones', () => {
  expect(scenarioNames).toEqual([
    'healthy',
    'stale-index',
    'wrong-tokenizer',
    'slow',
    'faulty',
    'unstable',
    'tool-loop',
    'version-drift',
    'identical',
  ]);
});

async function outcomeOf(response: globalThis.Response): Promise<string> {
  if (!response.ok) return String(response.status);
  return response.json().then(
    () => 'ok',
    () => 'shape',
  );
}
