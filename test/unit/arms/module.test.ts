import { getEventListeners } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Arm } from '../../../src/arms/arm.ts';
import { createRedactor } from '../../../src/base/redact.ts';
import { askOnce, matching, openWith, request } from './arm-fixtures.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'flipgate-module-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

let count = 0;
async function moduleArm(source: string): Promise<Arm> {
  count += 1;
  await writeFile(path.join(folder, `arm-${count}.mjs`), source);
  return openWith(
    { kind: 'module', module: `arm-${count}.mjs` },
    { workingDirectory: folder, redact: createRedactor(['s3cret-token']) },
  );
}

describe('a module arm', () => {
  test('answers with what ask returns, checked and redacted', async () => {
    const arm = await moduleArm(
      'export const ask = async ({ question, seed }) => ({ answer: `${seed}: ${question} s3cret-token` });',
    );
    expect(await askOnce(arm)).toMatchObject({
      outcome: 'ok',
      response: { answer: '7: When is "Green" ready? [redacted]' },
    });
  });

  test.each([
    [
      'throws',
      'export function ask() { throw new Error("no s3cret-token"); }',
      'network',
      'module threw: no [redacted]',
    ],
    ['rejects', 'export async function ask() { throw "words"; }', 'network', 'module threw: words'],
    ['returns nothing', 'export function ask() {}', 'shape', 'the response is missing, not an object'],
    [
      'returns a circle',
      'const a = {}; a.a = a; export const ask = () => ({ answer: "a", tool_calls: [{ name: "n", arguments: a }] });',
      'shape',
      /nested deeper/,
    ],
    [
      'returns what JSON cannot hold',
      'export const ask = () => ({ answer: "a", tool_calls: [{ name: "n", arguments: { n: NaN } }] });',
      'shape',
      /cannot hold/,
    ],
  ])('that %s is a fault', async (...[, source, outcome, message]) => {
    const answer = await askOnce(await moduleArm(source));
    expect(answer).toMatchObject({
      outcome,
      message: typeof message === 'string' ? message : matching(message),
    });
  });

  test('leaves nothing of a call behind, neither on the signal that it is given nor on the one of the next call', async () => {
    const arm = await moduleArm(
      `import { getEventListeners } from 'node:events';
       export const ask = (_, { signal }) => {
         signal.addEventListener('abort', () => undefined);
         return { answer: String(getEventListeners(signal, 'abort').length) };
       };`,
    );
    const { signal } = new AbortController();
    for (let call = 0; call < 20; call += 1)
      expect(await arm.ask(request, { signal })).toMatchObject({ response: { answer: '1' } });
    expect(getEventListeners(signal, 'abort').length).toBeLessThanOrEqual(1);
  });

  test('that never answers is let go of, and is told so by the signal', async () => {
    const arm = await moduleArm(
      'export let told = false; export const ask = (_, { signal }) => new Promise(() => signal.addEventListener("abort", () => { globalThis.moduleArmTold = true; }));',
    );
    expect(await askOnce(arm, {}, 100)).toMatchObject({ outcome: 'network' });
    expect(Reflect.get(globalThis, 'moduleArmTold')).toBe(true);
  });

  test('is closed by its own close', async () => {
    const arm = await moduleArm(
      'export const ask = () => ({ answer: "a" }); export const close = () => { globalThis.moduleArmClosed = true; };',
    );
    await arm.close();
    expect(Reflect.get(globalThis, 'moduleArmClosed')).toBe(true);
  });

  test.each([
    ['without ask', 'export const answer = 1;', /exports no function "ask"/],
    ['that does not load', 'throw new Error("at the top");', /cannot be loaded: at the top/],
  ])('%s is refused when it is opened', async (_, source, message) => {
    await expect(moduleArm(source)).rejects.toMatchObject({ name: 'UserError', message: matching(message) });
  });

  test('that is not there is refused when it is opened', async () => {
    await expect(
      openWith({ kind: 'module', module: 'nowhere.mjs' }, { workingDirectory: folder }),
    ).rejects.toMatchObject({
      name: 'UserError',
    });
  });
});
