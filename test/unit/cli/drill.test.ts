import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { inFolder, json } from '../../support/cli.ts';
import { run, type Ended } from '../../support/world.ts';

const clock = { now: () => Date.parse('2026-11-22T21:30:00Z'), monotonic: () => 0 };

function record(folder: string, ...more: readonly string[]): Promise<Ended> {
  const words = [
    'drill',
    'record',
    '--pointer',
    'edge',
    '--ttr',
    '42',
    '--verified',
    ...more,
    '--store',
    'store',
  ];
  return run(folder, words, { clock });
}

test.each([
  ['2026-11-22T21:29:59Z', '2026-11-22T21:29:59.000Z'],
  ['2026-11-22T21:30:00.000Z', '2026-11-22T21:30:00.000Z'],
  ['2026-11-22T22:29:00.5+01:00', '2026-11-22T21:29:00.500Z'],
  ['2024-02-29T00:00:00-02:30', '2024-02-29T02:30:00.000Z'],
])('--finished-at %s is recorded in UTC', (time, utc) =>
  inFolder(async (folder) => {
    expect((await record(folder, '--finished-at', time)).code).toBe(0);
    expect(await json(path.join(folder, 'store/drills/edge.json'))).toMatchObject({ finished_at: utc });
  }),
);

test.each([
  ['1', 'is not a time with its zone'],
  ['2026', 'is not a time with its zone'],
  ['2026-11-22', 'is not a time with its zone'],
  ['2026-11-22T21:29:59', 'is not a time with its zone'],
  ['2026-11-22 21:29:59Z', 'is not a time with its zone'],
  ['2026-11-22T21:29Z', 'is not a time with its zone'],
  ['2026-02-30T21:29:59Z', 'is not a time with its zone'],
  ['2026-11-22T25:00:00Z', 'is not a time with its zone'],
  ['Sun, 22 Nov 2026 21:29:59 GMT', 'is not a time with its zone'],
  ['', 'is not a time with its zone'],
  ['2026-11-22T21:30:01Z', 'is in the future'],
  ['2026-11-22T21:29:59-01:00', 'is in the future'],
])('--finished-at "%s" is refused', (time, message) =>
  inFolder(async (folder) => {
    const ended = await record(folder, '--finished-at', time);
    expect([ended.code, ended.err()]).toEqual([
      2,
      expect.stringContaining(`--finished-at "${time}" ${message}`),
    ]);
    expect(existsSync(path.join(folder, 'store'))).toBe(false);
  }),
);

test.each(['', ' ', 'x', '-1', '0', '0x10', '1e9', 'Infinity', 'NaN', '42s', '86401', '1,5'])(
  '--ttr "%s" is refused',
  (seconds) =>
    inFolder(async (folder) => {
      const ended = await record(folder, '--ttr', seconds);
      expect([ended.code, ended.err()]).toEqual([2, expect.stringContaining(`--ttr "${seconds}" is not`)]);
      expect(existsSync(path.join(folder, 'store'))).toBe(false);
    }),
);

test.each(['0.5', '42', '86400'])('--ttr %s is recorded', (seconds) =>
  inFolder(async (folder) => {
    expect((await record(folder, '--ttr', seconds)).code).toBe(0);
    const file = path.join(folder, 'store/drills/edge.json');
    expect(await json(file)).toMatchObject({ ttr_seconds: Number(seconds) });
  }),
);
