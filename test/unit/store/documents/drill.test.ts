import { readFile, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { sealed } from '../../../../src/base/integrity/sealed.ts';
import type { Drill } from '../../../../src/gates/context.ts';
import { readDrills, storeDrill } from '../../../../src/store/documents/drill.ts';
import { inFolder } from '../../../support/cli.ts';

const drill: Drill = {
  schema: 'flipgate.drill/1',
  pointer: 'edge',
  finished_at: '2026-11-22T12:00:00.000Z',
  ttr_seconds: 90,
  verified: false,
};

test('a drill is read back as it was stored, with its hash', () =>
  inFolder(async (store) => {
    await storeDrill(store, drill);
    const first = { ...drill, sequence: Date.parse(drill.finished_at) };
    expect(await readDrills(store, () => undefined)).toEqual([sealed(first)]);
    await storeDrill(store, drill);
    const previous = sealed(first).integrity.sha256;
    const second = { ...first, sequence: first.sequence + 1, previous };
    expect(await readDrills(store, () => undefined)).toEqual([sealed(second)]);
  }));

test.each([
  ['"verified": false', '"verified": true', 'its hash does not match'],
  ['"ttr_seconds": 90', '"ttr_seconds": 9', 'its hash does not match'],
  ['drill/1', 'drill/2', 'is of flipgate.drill/2, newer than this version reads (flipgate.drill/1)'],
  ['"ttr_seconds": 90', '"ttr_seconds": "90"', 'is no drill that this version can read: ttr_seconds: '],
])('a drill in which %s became %s is an error, not none', (before, after, problem) =>
  inFolder(async (store) => {
    const file = await storeDrill(store, drill);
    await writeFile(file, (await readFile(file, 'utf8')).replace(before, after));
    const message = expect.stringContaining(problem);
    await expect(readDrills(store, () => undefined)).rejects.toMatchObject({ exitCode: 4, message });
  }),
);

test('one that was written by hand needs no hash', () =>
  inFolder(async (store) => {
    await writeFile(await storeDrill(store, drill), JSON.stringify({ ...drill, verified: true }));
    expect(await readDrills(store, () => undefined)).toEqual([{ ...drill, verified: true }]);
  }));
