import { appendFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sha256 } from '../../../src/base/canonical.ts';
import { createRedactor } from '../../../src/base/redact.ts';
import { callKey } from '../../../src/plan/call-key.ts';
import type { Answer } from '../../../src/scoring/answer.ts';
import type { AskRequest } from '../../../src/arms/arm.ts';
import { askOnce, matching, openWith, request, secondsOf } from './arm-fixtures.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'flipgate-replay-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function call(fields: Readonly<Record<string, unknown>>, seed = 7): string {
  const key = callKey({ questionId: 'Q_1', phrasingText: request.question, seed, arm: 'blue' });
  return `${JSON.stringify({ question: 'Q_1', phrasing: 0, seed, key, at: '2026-11-22T21:30:00Z', trace_id: 't', artifact_sha256: 'x', retried: false, ...fields })}\n`;
}

async function writeRun(calls: readonly string[], texts: readonly string[] = []): Promise<void> {
  await mkdir(path.join(folder, 'run'));
  await writeFile(
    path.join(folder, 'run', 'plan.json'),
    JSON.stringify({ schema: 'flipgate.plan/1', arm: 'blue' }),
  );
  await writeFile(path.join(folder, 'run', 'calls.jsonl'), calls.join(''));
  await writeFile(
    path.join(folder, 'run', 'snippets.jsonl'),
    texts.map((text) => `${JSON.stringify({ sha256: sha256(text), text })}\n`).join(''),
  );
}

async function replayed(
  settings: Readonly<Record<string, unknown>>,
  changes: Partial<AskRequest> = {},
): Promise<Answer> {
  const arm = await openWith(
    { kind: 'replay', ...settings },
    { workingDirectory: folder, redact: createRedactor(['s3cret-token']) },
  );
  try {
    return await askOnce(arm, changes);
  } finally {
    await arm.close();
  }
}

describe('a replay of a run', () => {
  test('gives answers back with their texts, latency, stages, versions and findings', async () => {
    const line = call({
      outcome: 'ok',
      status: 200,
      latency: { total: 0.208, retrieve: 0.012 },
      answer: 'é s3cret-token',
      refused: false,
      retrieved: [{ snippet_id: 'S_1', offsets: [0, 5], text_sha256: sha256('text é') }],
      citations: ['S_1'],
      tool_calls: [],
      side_effects: 1,
      dedupe_hits: 0,
      usage: {},
      versions: { INDEX_HASH: 'h' },
      findings: [{ code: 'lone_surrogates' }],
    });
    await writeRun([call({ outcome: 'timeout' }, 6), line], ['other', 'text é']);
    const answer = await replayed({ record: 'run' });
    expect(answer).toMatchObject({
      outcome: 'ok',
      status: 200,
      findings: [{ code: 'lone_surrogates' }],
      response: {
        answer: 'é [redacted]',
        retrieved: [{ snippet_id: 'S_1', offsets: [0, 5], text: 'text é' }],
        citations: ['S_1'],
        stages: { retrieve: 0.012 },
        side_effects: 1,
        versions: { INDEX_HASH: 'h' },
      },
    });
    expect(secondsOf(answer)).toBeCloseTo(0.208, 9);
  });

  test('gives faults back as they were', async () => {
    await writeRun([
      call({ outcome: 'timeout', message: 'no complete response within 30 s' }),
      call({ outcome: 'status', status: 503 }, 8),
    ]);
    expect(await replayed({ record: 'run' })).toEqual({
      outcome: 'timeout',
      message: 'no complete response within 30 s',
    });
    expect(await replayed({ record: 'run' }, { seed: 8 })).toEqual({
      outcome: 'status',
      status: 503,
      message: 'recorded as status',
    });
  });

  test('has no answer for what was not asked, nor for a question that was reworded', async () => {
    await writeRun([call({ outcome: 'ok', latency: { total: 1 }, answer: 'a' })]);
    expect(await replayed({ record: 'run' }, { seed: 8 })).toEqual({
      outcome: 'shape',
      message: 'no recorded answer',
    });
    expect(await replayed({ record: 'run' }, { question: 'Something else?' })).toEqual({
      outcome: 'shape',
      message: 'no recorded answer',
    });
  });

  test('does not make up a latency or a text', async () => {
    await writeRun([
      call({ outcome: 'ok', retried: true, answer: 'a' }),
      call({ outcome: 'ok', latency: { total: 1 }, retrieved: [{ text_sha256: sha256('lost') }] }, 8),
    ]);
    expect(await replayed({ record: 'run' })).toMatchObject({
      outcome: 'network',
      message: matching(/needed a retry/),
    });
    expect(await replayed({ record: 'run' }, { seed: 8 })).toMatchObject({
      outcome: 'shape',
      message: matching(/recorded text/),
    });
  });

  test('has no latency where the run had none, and says so once', async () => {
    await writeRun([
      call({ outcome: 'ok', answer: 'a', findings: [{ code: 'latency_not_recorded' }] }),
      call({ outcome: 'ok', answer: 'b', latency: { retrieve: 0.25 } }, 8),
    ]);
    const findings = [{ code: 'latency_not_recorded' }];
    expect(await replayed({ record: 'run' })).toEqual({
      outcome: 'ok',
      response: expect.objectContaining({ answer: 'a' }) as unknown,
      findings,
    });
    const staged = await replayed({ record: 'run' }, { seed: 8 });
    expect(staged).toMatchObject({ response: { stages: { retrieve: 0.25 } }, findings });
    expect(secondsOf(staged)).toBeNaN();
  });

  test('leaves a torn last line out', async () => {
    await writeRun([call({ outcome: 'ok', latency: { total: 1 }, answer: 'a' })]);
    await appendFile(path.join(folder, 'run', 'calls.jsonl'), call({ outcome: 'ok' }, 8).slice(0, 60));
    expect(await replayed({ record: 'run' })).toMatchObject({ outcome: 'ok' });
    expect(await replayed({ record: 'run' }, { seed: 8 })).toMatchObject({ outcome: 'shape' });
  });

  test('is refused where there is no run', async () => {
    await expect(replayed({ record: 'nowhere' })).rejects.toMatchObject({ name: 'UserError' });
  });
});

describe('a replay of a file', () => {
  const write = (...lines: readonly object[]): Promise<void> =>
    writeFile(path.join(folder, 'answers.jsonl'), lines.map((line) => JSON.stringify(line)).join('\n'));

  test('finds responses by question, phrasing and seed', async () => {
    await write(
      { question: 'Q_1', phrasing: 0, seed: 7, response: { answer: 'seven' }, seconds: 0.25 },
      { question: 'Q_1', phrasing: 0, seed: 8, answer: 'eight', seconds: 0.5 },
      { question: 'Q_1', phrasing: 1, answer: 'any seed' },
      { question: 'What by its text?', answer: 'text' },
    );
    const seven = await replayed({ file: 'answers.jsonl' });
    expect(seven).toMatchObject({ outcome: 'ok', response: { answer: 'seven' }, findings: [] });
    expect(secondsOf(seven)).toBeCloseTo(0.25, 9);
    expect(await replayed({ file: 'answers.jsonl' }, { seed: 8 })).toMatchObject({
      response: { answer: 'eight' },
    });
    expect(await replayed({ file: 'answers.jsonl' }, { phrasing: 1 })).toEqual({
      outcome: 'ok',
      response: { answer: 'any seed' },
      findings: [{ code: 'latency_not_recorded' }],
    });
    expect(
      await replayed(
        { file: 'answers.jsonl' },
        { question_id: 'Q_9', question: 'What by its text?', phrasing: 2 },
      ),
    ).toMatchObject({
      response: { answer: 'text' },
    });
    expect(await replayed({ file: 'answers.jsonl' }, { seed: 9 })).toEqual({
      outcome: 'shape',
      message: 'no recorded answer',
    });
  });

  test('gives recorded faults back', async () => {
    await write({ question: 'Q_1', fault: 'status', status: 500, message: 'with s3cret-token' });
    expect(await replayed({ file: 'answers.jsonl' })).toEqual({
      outcome: 'status',
      status: 500,
      message: 'with [redacted]',
    });
  });

  test('refuses a line that is none and a cell that stands there twice', async () => {
    await write({ question: 'Q_1', answer: 'a' }, { phrasing: 1 });
    await expect(replayed({ file: 'answers.jsonl' })).rejects.toMatchObject({
      name: 'UserError',
      message: matching(/answers.jsonl:2: .*question/),
    });
    await write({ question: 'Q_1', answer: 'a' }, { question: 'Q_1', answer: 'b' });
    await expect(replayed({ file: 'answers.jsonl' })).rejects.toMatchObject({
      name: 'UserError',
      message: matching(/:2: .*recorded twice/),
    });
  });

  test('needs either a record or a file', async () => {
    await expect(replayed({})).rejects.toThrow(/needs either/);
  });
});
