import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Verdict } from '../../../src/gates/verdict.ts';
import { callsCsv, questionsCsv, verdictsCsv } from '../../../src/reports/csv.ts';
import { compared, failed, hostileTexts, questionOf } from '../../support/verdicts.ts';

type Row = Readonly<Record<string, string>>;

const verdictCsv = (verdict: Verdict): string => verdictsCsv([verdict]);

/** Read as strictly as RFC 4180 is: the line ends CR LF, every row as long as the header, quotes only around whole cells. */
function read(pieces: string | Iterable<string>): readonly Row[] {
  const text = [...pieces].join('');
  expect(text.endsWith('\r\n')).toBe(true);
  return parse(text, {
    columns: true,
    record_delimiter: '\r\n',
    relax_quotes: false,
    relax_column_count: false,
  });
}

test('a gate that fails, whole', () => {
  read(verdictCsv(failed));
  expect(verdictCsv(failed)).toMatchSnapshot();
});

test('several verdicts have one header', () => {
  const [header, ...rows] = verdictsCsv([failed, failed]).split('\r\n').slice(0, -1);
  expect([header, ...rows.slice(0, rows.length / 2)].map((line) => `${line}\r\n`).join('')).toBe(
    verdictCsv(failed),
  );
  expect(rows).not.toContain(header);
});

test('the calls of a run, with what was answered and without', () => {
  const calls = [
    {
      question: 'Q_0001',
      phrasing: 0,
      seed: 1,
      outcome: 'ok',
      total: 0.25,
      coverage: 1,
      answer: 'It "flips".',
    },
    { question: 'Q_0001' },
  ];
  const [row, ...more] = read(callsCsv(calls, { withTexts: true }));
  expect(row).toMatchObject({
    question: 'Q_0001',
    phrasing: '0',
    total: '0.25',
    coverage: '1',
    retrieve: '',
    answer: 'It "flips".',
  });
  expect(more).toHaveLength(1);
  expect([...callsCsv(calls, { withTexts: false })].join('')).not.toContain('flips');
});

test('calls are taken one after the other, however many there are', () => {
  function* endless(): Generator<Row> {
    for (;;) yield { question: 'Q_0001', answer: 'x'.repeat(10_000) };
  }
  const pieces = callsCsv(endless(), { withTexts: true });
  const [first, second] = [pieces.next().value as string, pieces.next().value as string];
  expect([first, second].map((piece) => piece.length < 100_000)).toEqual([true, true]);
  expect(read(first + second).every(({ question }) => question === 'Q_0001')).toBe(true);
});

test('the questions of a comparison, whole', () => {
  const two = { ...compared, questions: compared.questions.slice(-2) };
  expect(`\n${[...questionsCsv(two)].join('').replaceAll('\r', '')}`).toMatchInlineSnapshot(`
    "
    baseline_run,candidate_run,question,answerable,view,question_retrieved_baseline,question_retrieved_candidate,question_retrieved_difference,coverage_baseline,coverage_candidate,coverage_difference,convergent_baseline,convergent_candidate,convergent_difference,flip_baseline,flip_candidate,flip_difference,latency_baseline,latency_candidate,latency_difference,faulted_baseline,faulted_candidate,faulted_difference,worsening,phrasing,seed
    20261122T213000Z-blue-91c2aa,20261122T213000Z-green-3f9a1c,Q_0006,true,best,0.3,,,0.75,0.5,-0.25,0.75,0.5,-0.25,0.3,,,0.75,0.5,-0.25,0.75,0.5,-0.25,0.25,2,1
    20261122T213000Z-blue-91c2aa,20261122T213000Z-green-3f9a1c,Q_0007,true,best,0.3,,,0.75,0.5,-0.25,0.75,0.5,-0.25,0.3,,,0.75,0.5,-0.25,0.75,0.5,-0.25,-1e-7,2,1
    "
  `);
});

test('the verdict of the gate has a row of its own, also without rules', () => {
  const [row, ...more] = read(verdictCsv({ ...failed, rules: [], problems: [], verdict: 'inconclusive' }));
  expect([row?.['kind'], row?.['name'], row?.['verdict'], more]).toEqual([
    'gate',
    'acceptance',
    'inconclusive',
    [],
  ]);
});

describe('numbers', () => {
  test.each([0.1 + 0.2, -0.2287654321098766, 1e-7, -1e21, 0, 12])('%d comes back as it was', (value) => {
    const rules = [{ rule: 'r', verdict: 'pass', reason: 'r', value } as const];
    expect(Number(read(verdictCsv({ ...failed, rules }))[1]?.['value'])).toBe(value);
  });

  test('what is no number is empty', () => {
    const rules = [
      {
        rule: 'r',
        verdict: 'error',
        reason: 'r',
        value: Number.NaN,
        limit: Number.POSITIVE_INFINITY,
      } as const,
    ];
    const row = read(verdictCsv({ ...failed, rules }))[1];
    expect([row?.['value'], row?.['limit'], row?.['n']]).toEqual(['', '', '']);
  });
});

/** What a spreadsheet would calculate. */
const formula = /^[\p{Cf}\p{Z}\p{Cc}]*[=+\-@＝＋－＠]/u;

function staysText(text: string): void {
  const verdict = {
    ...failed,
    reason: text,
    arm: text,
    rules: [],
    problems: [{ code: text, verdict: 'error', reason: text } as const],
  };
  const cells = [
    ...read(verdictCsv(verdict)).flatMap(({ arm, reason }) => [arm, reason]),
    read(questionsCsv({ ...compared, questions: [questionOf(text, 1)] }))[0]?.['question'],
    read(callsCsv([{ answer: text, question: 'Q_0001' }], { withTexts: true }))[0]?.['answer'],
  ];
  const kept = text.toWellFormed().replaceAll(/(?![\t\r\n])\p{Cc}/gu, '');
  for (const cell of cells) {
    expect([kept, `'${kept}`]).toContain(cell);
    expect(cell).not.toMatch(formula);
    expect(cell).not.toMatch(/^[\t\r\n]/u);
  }
}

test.each(hostileTexts)('%j stays a text', staysText);

test('any text stays a text', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), staysText));
});

test.each(['plain', "don't", 'a = b', '1-2', 'me@example.com', '😀'])(
  '%s has no apostrophe before it',
  (text) => {
    expect(read(verdictCsv({ ...failed, reason: text }))[0]?.['reason']).toBe(text);
  },
);
