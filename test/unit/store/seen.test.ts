import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { defaultSeenFolder, openSeen } from '../../../src/store/seen.ts';

async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'flipgate-seen-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

test('the highest number of a name stays, whoever notes a lower one, and for the next process', async () => {
  const folder = path.join(await emptyFolder(), 'new');
  const [one, other] = [openSeen(folder), openSeen(folder)];
  expect(one.highest('a.b')).toBe(0);
  one.note('a.b', 7);
  one.note('a.b', 5);
  other.note('a.b', 6);
  other.note('c', 1);
  expect(one.highest('a.b')).toBe(7);
  expect(openSeen(folder).highest('a.b')).toBe(7);
  expect(openSeen(folder).highest('c')).toBe(1);
  one.note('a.b', 8);
  expect((await readdir(folder)).filter((file) => file.startsWith('a.b@'))).toContain('a.b@8');
});

test('other files are passed over, and a folder that is none is an error with a way out', async () => {
  const folder = await emptyFolder();
  await writeFile(path.join(folder, 'note'), '');
  await writeFile(path.join(folder, 'x@y'), '');
  expect(openSeen(folder).highest('x')).toBe(0);
  expect(() => openSeen(path.join(folder, 'note'))).toThrow(
    expect.objectContaining({ exitCode: 4, hint: expect.stringContaining('signing.seen') }),
  );
});

test('what cannot be written down is known to the process that saw it', async () => {
  const folder = path.join(await emptyFolder(), 'gone');
  const seen = openSeen(folder);
  await rm(folder, { recursive: true });
  seen.note('a', 3);
  expect(seen.highest('a')).toBe(3);
});

test('it is the state folder of the user', () => {
  expect(defaultSeenFolder({ XDG_STATE_HOME: '/s', HOME: '/h' })).toBe('/s/flipgate/seen');
  expect(defaultSeenFolder({ XDG_STATE_HOME: 's', HOME: '/h' })).toBe('/h/.local/state/flipgate/seen');
});
