import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { provenanceOf } from '../../../src/app/provenance.ts';
import type { Config } from '../../../src/config/config.ts';
import { testWorld } from '../../support/world.ts';

let folder = '';
afterEach(() => rm(folder, { recursive: true }));

async function repository(): Promise<string> {
  folder = await mkdtemp(path.join(tmpdir(), 'flipgate-git-'));
  await writeFile(path.join(folder, 'gold.txt'), 'one\n');
  git('init', '--quiet');
  git('add', '.');
  git('-c', 'user.name=a', '-c', 'user.email=a@example.com', 'commit', '--quiet', '-m', 'one');
  return folder;
}

function git(...words: readonly string[]): string {
  return execFileSync('git', [...words], { cwd: folder, encoding: 'utf8' }).trim();
}

async function reported(): Promise<{
  readonly revision?: string | undefined;
  readonly dirty?: boolean | undefined;
}> {
  const world = testWorld(folder, [], { environment: process.env });
  return provenanceOf(world, { sha256: '' } as Config, (text) => text); // nothing else of it is read
}

test('the revision and whether a file of it was changed', async () => {
  await repository();
  expect(await reported()).toMatchObject({ revision: git('rev-parse', 'HEAD'), dirty: false });
  await writeFile(path.join(folder, 'gold.txt'), 'two\n');
  expect(await reported()).toMatchObject({ dirty: true });
});

test.each(['evil', 'a=b', 'UPPER', 'dot.ted', 'ünlich'])(
  'the filter "%s" of a repository runs no program',
  async (name) => {
    await repository();
    for (const kind of ['clean', 'process']) git('config', `filter.${name}.${kind}`, 'touch ran; cat');
    git('config', `filter.${name}.required`, 'true');
    await writeFile(path.join(folder, '.git/info/attributes'), `* filter=${name}\n`);
    await utimes(path.join(folder, 'gold.txt'), new Date(), new Date(0));
    await reported();
    expect(existsSync(path.join(folder, 'ran'))).toBe(false);
  },
);

test('the check of filters is one: git does run them when it is asked without care', async () => {
  await repository();
  git('config', 'filter.evil.clean', 'touch ran; cat');
  await writeFile(path.join(folder, '.git/info/attributes'), '* filter=evil\n');
  await utimes(path.join(folder, 'gold.txt'), new Date(), new Date(0));
  git('status', '--porcelain');
  expect(existsSync(path.join(folder, 'ran'))).toBe(true);
});
