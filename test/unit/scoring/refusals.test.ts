import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { defaultRefusalPhrases, isRefusal } from '../../../src/scoring/refusals/refusal.ts';

const fixture = <Value>(name: string): Value =>
  JSON.parse(readFileSync(new URL(`../../fixtures/refusals/${name}.json`, import.meta.url), 'utf8')) as Value;
const refusals = fixture<Record<string, string[]>>('refusals');
const { topics = [], ...answers } = fixture<Record<string, string[]>>('answers');
const refused = (text: string): boolean => isRefusal(text, defaultRefusalPhrases);

describe.each(Object.keys(refusals))('in %s', (language) => {
  test('95 % of refusals are recognised', () => {
    const all = refusals[language]!;
    expect(all.length).toBe(20);
    const missed = all.filter((text) => !refused(text));
    expect(missed.length, missed.join('\n')).toBeLessThanOrEqual(1);
  });

  test('at most 1 % of ordinary answers are taken for refusals', () => {
    const all = answers[language]!.flatMap((template) =>
      topics.map((topic) => template.replaceAll('{t}', topic)),
    );
    expect(all.length).toBe(200);
    const taken = all.filter(refused);
    expect(taken.length, taken.join('\n')).toBeLessThanOrEqual(2);
  });
});

test('it is 16 languages beside English', () => {
  expect(Object.keys(refusals).sort()).toEqual(Object.keys(answers).sort());
  expect(Object.keys(refusals)).toHaveLength(16);
});

test('the parts of a phrase stand in one sentence, in their order', () => {
  const phrases = ['ich kann … nicht sagen'];
  const texts = [
    'Ich kann das nicht sagen.',
    'Ich kann nicht sagen, wann.',
    'Ich kann das. Nicht sagen!',
    'Nicht sagen, ich kann',
    'Ich kann das nicht sagenhaft finden.',
  ];
  expect(texts.map((text) => isRefusal(text, phrases))).toEqual([true, true, false, false, false]);
});
