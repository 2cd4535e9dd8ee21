import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openNewSession, reopenSession } from '../../../src/asking/session.ts';
import { lockRun } from '../../../src/store/lock.ts';
import { inFolder, runFolders } from '../../support/cli.ts';
import { askAll, goldOf, memberOf, scriptedArm, settingOf } from '../../support/scripted-arm.ts';

async function locked(store: string): Promise<readonly string[]> {
  const folders = await runFolders(store);
  const names = await Promise.all(folders.map((folder) => readdir(folder)));
  return folders.filter((_, index) => names[index]!.includes('lock'));
}

test('a new session that cannot open its second arm leaves no lock on the first', () =>
  inFolder(async (folder) => {
    const store = path.join(folder, 'store');
    // Longer than a file's name may be.
    const members = ['blue', 'g'.repeat(300)].map((name) => memberOf(scriptedArm(name)));
    await expect(openNewSession(settingOf(store, goldOf(1)), members)).rejects.toThrow('cannot be written');
    expect(await runFolders(store)).toHaveLength(1);
    expect(await locked(store)).toEqual([]);
  }));

test('a session that cannot be reopened because another has its second run leaves no lock on the first', () =>
  inFolder(async (folder) => {
    const store = path.join(folder, 'store');
    const members = ['blue', 'green'].map((name) => memberOf(scriptedArm(name)));
    const { runs } = await askAll(folder, members, { questions: 1 });
    const release = await lockRun(runs[1]!.folder.lock);
    const stored = runs.map(({ file }) => file);
    await expect(reopenSession(settingOf(store, goldOf(1)), stored, members)).rejects.toThrow(
      'in use by process',
    );
    expect(await locked(store)).toEqual([runs[1]!.folder.path]);
    await release();
  }));
