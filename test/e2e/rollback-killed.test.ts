import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { rollback, takeUp } from '../../src/app/rollback/rollback.ts';
import { identityOf } from '../../src/store/lock-holder.ts';
import type { RollbackEvent } from '../../src/store/documents/rollback.ts';
import { until } from '../support/cli.ts';
import { isAlive } from '../support/is-alive.ts';
import { rollbackSite, type RollbackSite } from '../support/rollback-site.ts';
import { iso, rollbackLines } from '../support/store-files.ts';

const rollingBack = fileURLToPath(new URL('../support/rolling-back.ts', import.meta.url));
const request = { trigger: 'alertmanager', causes: ['f1'] };
/** Tells of another one that is at it, in a file. */
const command = 'mkdir busy || touch clash; sleep 0.1; rmdir busy; touch blue';
const kills = 30;

async function started(): Promise<ChildProcess> {
  const child = fork(rollingBack, { execArgv: ['--import', 'tsx'] });
  await once(child, 'message');
  return child;
}

/** What is there, one after the other, while a rollback goes on. */
const marks = ['', 'rollbacks', 'rollbacks/lock', 'rollbacks/history.jsonl', 'runs', 'busy', 'blue'];

/** Tells a process to roll back and kills it when something is there. */
async function killedAt(mark: string, site: RollbackSite, child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.send({ folder: site.folder, command });
  // What was there for a moment only may be missed; the last one stays.
  while (!['blue', mark].some((name) => existsSync(path.join(site.folder, name)))) await sleep(1);
  child.kill('SIGKILL');
  await ended;
}

test(`killed ${kills} times in the middle of a rollback, the next process finds the truth and never acts beside its program`, async () => {
  let next = started();
  const stages = new Map<string, number>();
  for (let round = 0; round < kills; round += 1) {
    const site = await rollbackSite({ command, now: Date.now });
    const child = await next;
    if (round + 1 < kills) next = started();
    await killedAt(marks[round % marks.length]!, site, child);
    const left = site.log
      .events()
      .map(({ event }) => event)
      .join();
    stages.set(left, (stages.get(left) ?? 0) + 1);
    const taken = await takeUp(site.setting);
    expect(taken?.outcome).toBe(left === 'begun' ? 'done' : undefined);
    expect(['done', 'already']).toContain((await rollback(request, site.setting)).outcome);
    expect([site.isOnBlue(), existsSync(path.join(site.folder, 'clash'))]).toEqual([true, false]);
    expect(await site.runs()).toBeLessThanOrEqual(2);
    expect(outcomesIn(site.log.events())).toEqual(['done']);
  }
  process.stdout.write(`killed with these lines in the log: ${JSON.stringify([...stages])}\n`);
  // Else it was always killed too early or too late to show anything.
  expect(stages.get('begun')).toBeGreaterThan(0);
}, 300_000);

/** One for each rollback: what its last line says. */
function outcomesIn(events: readonly RollbackEvent[]): readonly string[] {
  const last = new Map(events.map((event) => [event.id, event]));
  return [...last.values()].map((event) => (event.event === 'ended' ? event.outcome : 'open'));
}

/** A program that a dead process has left, and the line that it wrote before. */
async function leftBehind(site: RollbackSite, script: string, secondsAgo: number): Promise<ChildProcess> {
  const program = spawn('sh', ['-c', script], { cwd: site.folder, detached: true, stdio: 'ignore' });
  const [begun] = rollbackLines({ outcome: 'open' }) as [Extract<RollbackEvent, { event: 'begun' }>];
  await site.log.add({
    ...begun,
    at: iso(Date.now() - 1000 * secondsAgo),
    program: identityOf(program.pid!),
  });
  return program;
}

test('the program that a dead process has left is waited for', async () => {
  const site = await rollbackSite({ command: 'touch second; touch blue', now: Date.now });
  await leftBehind(site, 'until test -e go; do sleep 0.02; done; touch blue', 0);
  const taken = takeUp(site.setting);
  await sleep(0);
  expect(await site.runs()).toBe(0);
  await writeFile(path.join(site.folder, 'go'), '');
  expect((await taken)?.outcome).toBe('done');
  expect([await site.runs(), site.isOnBlue()]).toEqual([0, true]);
});

test('one whose time is over is ended with everything it started, before anything else is begun', async () => {
  const site = await rollbackSite({ command: 'touch blue', timeoutSeconds: 1, now: Date.now });
  await leftBehind(site, 'sh -c "echo \\$\\$ > child; sleep 300" & wait', 60);
  await until(() => existsSync(path.join(site.folder, 'child')));
  const child = Number(await readFile(path.join(site.folder, 'child'), 'utf8'));
  expect((await takeUp(site.setting))?.outcome).toBe('done');
  expect(await site.runs()).toBe(1);
  await until(() => !isAlive(child));
});

test('a process that has its id by now is nobody of ours, and is left alone', async () => {
  const site = await rollbackSite({ command: 'touch blue', timeoutSeconds: 30, now: Date.now });
  const other = spawn('sleep', ['300'], { detached: true, stdio: 'ignore' });
  const [begun] = rollbackLines({ outcome: 'open' }) as [Extract<RollbackEvent, { event: 'begun' }>];
  await site.log.add({ ...begun, at: iso(Date.now()), program: { ...identityOf(other.pid!), started: '1' } });
  try {
    expect((await takeUp(site.setting))?.outcome).toBe('done');
    expect(isAlive(other.pid!)).toBe(true);
  } finally {
    other.kill('SIGKILL');
  }
});
