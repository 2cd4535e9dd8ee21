import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { alertRollback, type FiringAlert } from '../../../../src/app/rollback/alert-rollback.ts';
import { rollbackSite } from '../../../support/rollback-site.ts';
import { noon, rollbackLines } from '../../../support/store-files.ts';

const minute = 60_000;
const alert = (more: Partial<FiringAlert> = {}): FiringAlert => ({
  fingerprint: '0F1E',
  startsAt: noon - minute,
  arm: 'green',
  ...more,
});

test('calls that come while a rollback goes on wait for it and get its result', async () => {
  const { setting, runs, lines } = await rollbackSite({ command: 'sleep 0.2; touch blue' });
  const alerts = alertRollback();
  const found = await Promise.all(Array.from({ length: 20 }, () => alerts.trigger([alert()], setting)));
  expect(new Set(found.map(({ outcome }) => outcome))).toEqual(new Set(['done']));
  expect(await runs()).toBe(1);
  expect((await lines())[0]!['causes']).toEqual(['0f1e 2026-11-22T11:59:00.000Z']);
  expect((await alerts.trigger([alert()], setting)).outcome).toBe('already');
});

test('a batch of alerts is one rollback', async () => {
  const { setting, runs, lines } = await rollbackSite();
  const batch = [alert(), alert({ fingerprint: 'a2' }), alert({ fingerprint: 'a3', startsAt: 0 })];
  expect((await alertRollback().trigger(batch, setting)).outcome).toBe('done');
  expect(await runs()).toBe(1);
  // The one of long ago is not what it was for.
  expect((await lines())[0]!['causes']).toEqual([
    '0f1e 2026-11-22T11:59:00.000Z',
    'a2 2026-11-22T11:59:00.000Z',
  ]);
});

test('the next call after a failed rollback tries again', async () => {
  const { setting, folder, runs } = await rollbackSite({ command: 'test -e fixed && touch blue' });
  const alerts = alertRollback();
  expect((await alerts.trigger([alert()], setting)).outcome).toBe('failed');
  await writeFile(path.join(folder, 'fixed'), '');
  expect((await alerts.trigger([alert()], setting)).outcome).toBe('done');
  expect(await runs()).toBe(2);
});

test.each<[why: string, more: Partial<FiringAlert>, reason: RegExp]>([
  [
    'that began to fire more than 10 minutes ago',
    { startsAt: noon - 10 * minute - 1 },
    /more than 10 minutes ago/u,
  ],
  ['that is far from the future', { startsAt: noon + 11 * minute }, /yet to come/u],
  ['without a time', { startsAt: Number.NaN }, /unknown time/u],
  ['about the baseline', { arm: 'blue' }, /where a rollback goes/u],
])('an alert %s does not act', async (_why, more, reason) => {
  const { setting, runs } = await rollbackSite();
  expect(await alertRollback().trigger([alert(more)], setting)).toMatchObject({
    outcome: 'refused',
    reason: expect.stringMatching(reason),
  });
  expect(await runs()).toBe(0);
});

test('an alert from before traffic was moved forward does not act, one from after that does', async () => {
  const { setting, runs } = await rollbackSite({ more: { movedForwardAt: () => noon - 2 * minute } });
  const alerts = alertRollback();
  expect(await alerts.trigger([alert({ startsAt: noon - 3 * minute })], setting)).toMatchObject({
    outcome: 'refused',
    reason: expect.stringContaining('before traffic was moved forward at 2026-11-22T11:58:00.000Z'),
  });
  expect(await runs()).toBe(0);
  expect((await alerts.trigger([alert()], setting)).outcome).toBe('done');
});

test('an alert of 10 minutes acts, also one from a clock that is a little fast', async () => {
  for (const startsAt of [noon - 10 * minute, noon + minute]) {
    const { setting } = await rollbackSite();
    expect((await alertRollback().trigger([alert({ startsAt })], setting)).outcome).toBe('done');
  }
});

test('what a dead process began is taken up; calls that come meanwhile wait for it', async () => {
  const { setting, log, runs, lines } = await rollbackSite({ command: 'sleep 0.2; touch blue' });
  for (const line of rollbackLines({ at: -30, outcome: 'open' })) await log.add(line);
  const alerts = alertRollback();
  const [taken, joined] = await Promise.all([alerts.takeUp(setting), alerts.trigger([alert()], setting)]);
  expect([taken?.outcome, joined.outcome, await runs()]).toEqual(['done', 'done', 1]);
  expect((await lines()).map(({ id, event, outcome }) => [id, event, outcome])).toEqual([
    ['f0f1f2', 'begun', undefined],
    ['f0f1f2', 'begun', undefined],
    ['f0f1f2', 'ended', 'done'],
  ]);
});

test('where nothing was left, nothing is taken up, and calls that came meanwhile act', async () => {
  const { setting, runs } = await rollbackSite();
  const alerts = alertRollback();
  const [taken, joined] = await Promise.all([alerts.takeUp(setting), alerts.trigger([alert()], setting)]);
  expect([taken, joined.outcome, await runs()]).toEqual([undefined, 'done', 1]);
});

test('what was begun and had its effect is told as done without doing it again', async () => {
  const { setting, log, runs, folder } = await rollbackSite();
  for (const line of rollbackLines({ at: -3600, outcome: 'open' })) await log.add(line);
  await writeFile(path.join(folder, 'blue'), '');
  expect((await alertRollback().takeUp(setting))?.outcome).toBe('done');
  expect([await runs(), log.events().at(-1)]).toEqual([
    0,
    expect.objectContaining({ event: 'ended', outcome: 'done' }),
  ]);
});

test('what was begun long ago moves no traffic any more', async () => {
  const { setting, log, runs } = await rollbackSite();
  for (const line of rollbackLines({ at: -601, outcome: 'open' })) await log.add(line);
  const alerts = alertRollback();
  expect(await alerts.takeUp(setting)).toMatchObject({
    outcome: 'failed',
    reason: expect.stringContaining('too long ago'),
  });
  expect([await runs(), log.events().at(-1)?.event]).toEqual([0, 'ended']);
  expect(await alerts.takeUp(setting)).toBeUndefined();
});

test('what goes on is waited for', async () => {
  const { setting, isOnBlue } = await rollbackSite({ command: 'sleep 0.2; touch blue' });
  const alerts = alertRollback();
  void alerts.trigger([alert()], setting);
  await alerts.settled();
  expect(isOnBlue()).toBe(true);
});
