import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { rollback } from '../../../../src/app/rollback/rollback.ts';
import { jsonLines, until } from '../../../support/cli.ts';
import { secret } from '../../../support/rollback-setting.ts';
import { rollbackSite } from '../../../support/rollback-site.ts';

const request = { trigger: 'alertmanager', causes: ['f1'] };

test('traffic on Green is rolled back and read back, and what is begun is written down before it is done', async () => {
  const { setting, lines, runs, isOnBlue, folder } = await rollbackSite({
    command: 'cp rollbacks/history.jsonl seen; touch blue',
  });
  expect(await rollback(request, setting)).toEqual({
    outcome: 'done',
    reason: 'rolled back, and read back',
    warnings: [],
  });
  expect([await runs(), isOnBlue()]).toEqual([1, true]);
  const [begun, ended] = await lines();
  const about = {
    schema: 'flipgate.rollback/1',
    pointer: 'edge',
    ...request,
    at: '2026-11-22T12:00:00.000Z',
  };
  expect(begun).toEqual({
    ...about,
    event: 'begun',
    id: expect.stringMatching(/^[0-9a-f]{12}$/u),
    rolled_back: { arm: 'green', artifact: 'a'.repeat(64), known_from: 'reported' },
    program: expect.objectContaining({ pid: expect.any(Number), host: expect.any(String) }),
    integrity: { sha256: expect.any(String) },
  });
  expect(ended).toEqual({
    ...about,
    event: 'ended',
    id: begun!['id'],
    outcome: 'done',
    seconds: expect.any(Number),
    output: '',
    reason: 'rolled back, and read back',
    integrity: { sha256: expect.any(String) },
  });
  expect(await jsonLines(path.join(folder, 'seen'))).toEqual([begun]);
});

test('traffic on Blue is a success without action, and no line', async () => {
  const { setting, runs, folder, log } = await rollbackSite();
  await writeFile(path.join(folder, 'blue'), '');
  expect((await rollback(request, setting)).outcome).toBe('already');
  expect([await runs(), log.events()]).toEqual([0, []]);
});

test('whenever traffic is on Green again it is rolled back again, whatever was done before', async () => {
  const { setting, runs, goGreen, isOnBlue } = await rollbackSite();
  for (const times of [1, 2, 3]) {
    await goGreen();
    expect((await rollback(request, setting)).outcome).toBe('done');
    expect([await runs(), isOnBlue()]).toEqual([times, true]);
  }
});

test('a command that ends well and does nothing has failed', async () => {
  const { setting, lines } = await rollbackSite({ command: 'true' });
  expect(await rollback(request, setting)).toMatchObject({
    outcome: 'failed',
    reason: expect.stringContaining('the rollback command ended well, and verify says'),
  });
  expect((await lines()).map(({ event, outcome }) => [event, outcome])).toEqual([
    ['begun', undefined],
    ['ended', 'failed'],
  ]);
});

test('a move that takes effect a little later is done, as with a proxy whose old workers answer yet', async () => {
  const { setting, lines, looks, folder } = await rollbackSite({ command: 'true', settleSeconds: 15 });
  const rolling = rollback(request, setting);
  // One before the move, and one after it.
  await until(async () => (await looks()) >= 2);
  await writeFile(path.join(folder, 'blue'), '');
  expect((await rolling).outcome).toBe('done');
  expect((await lines()).map(({ outcome }) => outcome)).toEqual([undefined, 'done']);
});

test('a command that fails and still had its effect has done it', async () => {
  const { setting } = await rollbackSite({ command: 'touch blue; exit 1' });
  expect((await rollback(request, setting)).outcome).toBe('done');
});

test('a command that takes too long is stopped and has failed', async () => {
  const { setting } = await rollbackSite({ command: 'sleep 300', timeoutSeconds: 0.3 });
  expect(await rollback(request, setting)).toMatchObject({
    outcome: 'failed',
    reason: expect.stringContaining('it was stopped after 0.3 s'),
  });
});

test.each<[what: string, where: string]>([
  ['the folder of the log', 'rollbacks'],
  ['the log', 'rollbacks/history.jsonl'],
])('where %s cannot be written traffic is moved all the same, and that is said', async (_what, where) => {
  const { setting, runs, folder, isOnBlue, log } = await rollbackSite();
  const place = path.join(folder, where);
  if (where === 'rollbacks') await writeFile(place, 'a file in its place');
  else await mkdir(place, { recursive: true });
  const found = await rollback(request, setting);
  expect(found).toMatchObject({
    outcome: 'done',
    warnings: expect.arrayContaining([expect.stringMatching(/cannot be (written|read)/u)]),
  });
  expect([await runs(), isOnBlue()]).toEqual([1, true]);
  await rm(place, { recursive: true });
  expect(log.events().map(({ event }) => event)).toEqual(['begun', 'ended']);
});

test('no part of a secret stands in the log, also where the output is cut', async () => {
  for (const before of [0, 7990, 15_980]) {
    const { setting, lines } = await rollbackSite({
      command: `printf '%s' ${secret}; head -c ${before} /dev/zero | tr '\\0' x; touch blue`,
    });
    await rollback(request, setting);
    const output = (await lines())[1]!['output'] as string;
    expect(output).not.toMatch(/staple/u);
    expect(output.length).toBeLessThanOrEqual(8000);
  }
});

test('of two processes that roll back at once one acts, and the other finds it done', async () => {
  const one = await rollbackSite({ command: 'sleep 0.3; touch blue' });
  const other = await rollbackSite({ command: 'touch blue', folder: one.folder });
  const found = await Promise.all([rollback(request, one.setting), rollback(request, other.setting)]);
  expect(found.map(({ outcome }) => outcome).toSorted()).toEqual(['already', 'done']);
  expect(await one.runs()).toBe(1);
});
