import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Arm } from '../../../src/arms/arm.ts';
import { createRedactor } from '../../../src/base/redact.ts';
import { isAlive } from '../../support/is-alive.ts';
import { askOnce, matching, openWith } from './arm-fixtures.ts';

let folder = '';
let arm: Arm | undefined;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'flipgate-command-'));
});
afterEach(async () => {
  await arm?.close();
  arm = undefined;
  await rm(folder, { recursive: true, force: true });
});

const readLines = `import { createInterface } from 'node:readline';
const say = (value) => console.log(typeof value === 'string' ? value : JSON.stringify(value));
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
let count = 0;
createInterface({ input: process.stdin }).on('line', async (line) => { const request = JSON.parse(line); count += 1; `;

/** Opens an arm over a program whose handling of a request is given as source text. */
async function program(source: string, changes: Readonly<Record<string, unknown>> = {}): Promise<Arm> {
  const file = path.join(folder, 'program.mjs');
  await writeFile(file, `${readLines} ${source} });`);
  const { maxResponseBytes, redact, ...settings } = changes as {
    maxResponseBytes?: number;
    redact?: (text: string) => string;
  };
  const context = {
    workingDirectory: folder,
    ...(maxResponseBytes === undefined ? {} : { maxResponseBytes }),
    ...(redact === undefined ? {} : { redact }),
  };
  arm = await openWith(
    { kind: 'command', command: [process.execPath, file, 'with space'], ...settings },
    context,
  );
  return arm;
}

describe('a command arm', () => {
  test('gets one request a line, with everything about the call, and answers with its id', async () => {
    const opened = await program(
      'say({ id: request.id, answer: JSON.stringify(request), side_effects: process.argv[2] === "with space" ? 1 : 0 });',
    );
    const answer = await askOnce(opened, { question: 'two\nlines' });
    expect(answer).toMatchObject({ outcome: 'ok', response: { side_effects: 1 } });
    const seen: unknown = JSON.parse((answer.outcome === 'ok' && answer.response.answer) || '');
    expect(seen).toMatchObject({
      question: 'two\nlines',
      question_id: 'Q_1',
      phrasing: 0,
      seed: 7,
      idempotency_key: 'a'.repeat(64),
    });
  });

  test('answers calls under way together in any order', async () => {
    const opened = await program(
      'await wait(request.seed === 1 ? 100 : 1); say({ id: request.id, answer: String(request.seed) });',
    );
    const answers = await Promise.all([1, 2, 3].map((seed) => askOnce(opened, { seed })));
    expect(answers.map((answer) => answer.outcome === 'ok' && answer.response.answer)).toEqual([
      '1',
      '2',
      '3',
    ]);
  });

  test('may answer without ids one call at a time', async () => {
    const opened = await program('say({ answer: String(request.seed) });');
    for (const seed of [1, 2, 3]) {
      expect(await askOnce(opened, { seed })).toMatchObject({
        outcome: 'ok',
        response: { answer: String(seed) },
      });
    }
  });

  test('never has a late answer without id taken for the next call', async () => {
    const opened = await program(
      'await wait(request.seed === 1 ? 400 : 600); say({ answer: String(request.seed) });',
    );
    expect(await askOnce(opened, { seed: 1 }, 200)).toMatchObject({ outcome: 'network' });
    expect(await askOnce(opened, { seed: 2 })).toMatchObject({ outcome: 'ok', response: { answer: '2' } });
  });

  test('that dies is a network fault with its last words redacted, and is started again', async () => {
    const opened = await program(
      'if (request.seed === 13) { console.error("boom\\nkey s3cret-token"); process.exit(3); } say({ id: request.id, answer: "yes" });',
      {
        redact: createRedactor(['s3cret-token']),
      },
    );
    expect(await askOnce(opened, { seed: 13 })).toEqual({
      outcome: 'network',
      message: 'the program ended with exit code 3: boom | key [redacted]',
    });
    expect(await askOnce(opened)).toMatchObject({ outcome: 'ok' });
  });

  test('that always dies is not started for ever', async () => {
    const opened = await program('process.exit(1);');
    for (let call = 0; call < 10; call += 1) {
      expect(await askOnce(opened)).toMatchObject({ outcome: 'network', message: matching(/exit code 1/) });
    }
    expect(await askOnce(opened)).toMatchObject({
      outcome: 'network',
      message: matching(/not started again/),
    });
  }, 30_000);

  test.each([
    ['a line that is not JSON', 'say("oops");', /not JSON/],
    ['a line of the wrong shape', 'say({ id: request.id, answer: 1 });', /answer is a number/],
    ['a line over the limit', 'process.stdout.write("x".repeat(100000));', /more than 5000 bytes/],
    ['a line over the limit with its end', 'say("x".repeat(100000));', /more than 5000 bytes/],
  ])('that writes %s is a shape fault', async (_, source, message) => {
    const opened = await program(source, { maxResponseBytes: 5000 });
    expect(await askOnce(opened)).toMatchObject({ outcome: 'shape', message: matching(message) });
  });

  test('that never answers is let go of when the time is over', async () => {
    const opened = await program('');
    expect(await askOnce(opened, {}, 300)).toMatchObject({
      outcome: 'network',
      message: matching(/given up/),
    });
  });

  test('that cannot be started is a network fault', async () => {
    arm = await openWith({ kind: 'command', command: ['/nowhere/program'] });
    expect(await askOnce(arm)).toMatchObject({
      outcome: 'network',
      message: 'the program cannot be started: ENOENT',
    });
  });

  test('is gone after close with everything it started', async () => {
    const pids = path.join(folder, 'pids');
    const opened = await program(
      `const { spawn } = await import('node:child_process'); const { writeFileSync } = await import('node:fs');
       process.on('SIGTERM', () => {});
       const child = spawn(process.execPath, ['-e', 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)'], { stdio: 'ignore' });
       writeFileSync(${JSON.stringify(pids)}, process.pid + ' ' + child.pid); say({ id: request.id, answer: 'yes' });`,
    );
    expect(await askOnce(opened)).toMatchObject({ outcome: 'ok' });
    await opened.close();
    for (const pid of (await readFile(pids, 'utf8')).split(' ').map(Number)) {
      await expect.poll(() => isAlive(pid), { timeout: 5000 }).toBe(false);
    }
  }, 20_000);
});
