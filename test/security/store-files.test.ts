import { execFileSync } from 'node:child_process';
import { cp, mkdir, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { gateStore } from '../support/gate-store.ts';
import { serving } from '../support/serving.ts';

const store = gateStore();
const secret = 'only the server may read this';
let planted = '';
afterEach(() => rm(planted, { recursive: true, force: true }));

/** What somebody who can write a store may put in place of a file. */
const kinds: Readonly<Record<string, (file: string) => Promise<unknown>>> = {
  'a pipe': async (file) => execFileSync('mkfifo', [file]),
  'a folder': (file) => mkdir(file),
  'a link to a device': (file) => symlink('/dev/zero', file),
  'a link to a secret': async (file) => {
    await writeFile(path.join(store.folder, 'secret.txt'), secret);
    await symlink(path.join(store.folder, 'secret.txt'), file);
  },
  'an endless file': async (file) => {
    await writeFile(file, '{');
    await truncate(file, 5 * 2 ** 30);
  },
  'deep JSON': (file) => writeFile(file, '['.repeat(1_000_000)),
  'a deep document': (file) =>
    writeFile(
      file,
      `{"schema":"flipgate.verdict/1","integrity":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_001)}`,
    ),
};

test('a run whose folder is a link is a damaged one: its page is not shown, and no older run of its arm stands for it', async () => {
  expect((await store.judge()).code).toBe(0);
  const run = await store.runOf('green');
  const linked = path.join(store.folder, 'reports', '20990101T000000Z-green-aaaaaa');
  await cp(run, path.join(store.folder, 'elsewhere'), { recursive: true });
  await writeFile(path.join(store.folder, 'elsewhere/report.html'), secret);
  const server = await serving(store.folder);
  expect((await server.get('/v1/gates/acceptance?arm=green')).json['verdict']).toBe('pass');
  await symlink(path.join(store.folder, 'elsewhere'), linked);
  await expect
    .poll(async () => (await server.get('/v1/gates/acceptance?arm=green')).json['verdict'])
    .toBe('error');
  expect((await server.get(`/reports/${path.basename(linked)}`)).text).not.toContain(secret);
});

const strange = '20990101T000000Z-other-aaaaaa';
const places: Readonly<Record<string, string>> = {
  'a verdict of another arm': 'verdicts/acceptance.other.json',
  'the note of a judging of another gate': 'verdicts/judging/watch.other.json',
  'a drill': 'drills/other.json',
  'the record of another run': `${strange}/run.json`,
  'the calls of another run': `${strange}/calls.jsonl`,
  'the plan of another run': `${strange}/plan.json`,
  'the page of another run': `${strange}/report.html`,
  'the lock of another run': `${strange}/lock`,
};

test.each(Object.keys(kinds))('%s in a store spoils nothing but itself', async (kind) => {
  const judged = await store.judge();
  expect(judged.code, judged.stdout).toBe(0);
  const server = await serving(store.folder);
  for (const [what, place] of Object.entries(places)) {
    const file = path.join(store.folder, 'reports', place);
    planted = place.startsWith(strange) ? path.dirname(file) : file;
    await mkdir(path.dirname(file), { recursive: true });
    await kinds[kind]!(file);
    const about = `${kind} as ${what}`;
    for (let looks = 0; looks < 2; looks += 1) {
      const gate = await server.get('/v1/gates/acceptance?arm=green');
      expect([gate.status, JSON.parse(gate.text).verdict, about]).toEqual([200, 'pass', about]);
      expect([(await server.get('/metrics')).status, about]).toEqual([200, about]);
      expect([(await server.get('/healthz')).status, about]).toEqual([200, about]);
      const page = await server.get(`/reports/${strange}`);
      expect([
        page.text.includes(secret),
        page.status === 200 && kind !== 'deep JSON' && kind !== 'a deep document',
      ]).toEqual([false, false]);
    }
    await rm(planted, { recursive: true });
  }
});
