import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { livenessOf, ownIdentity, parseHolder, type Holder } from '../../../src/store/lock-holder.ts';
import { until } from '../../support/cli.ts';
import { pidOfTheDead } from '../../support/locks.ts';

const machineNamespace = 'pid:[4026531836]';
const own = ownIdentity();
const dead = await pidOfTheDead();
const onLinux = existsSync('/proc/self/stat');

test('a holder is read back as it was written', () => {
  expect(parseHolder(JSON.stringify(own))).toEqual(own);
  expect(own).toMatchObject({ pid: process.pid });
  if (onLinux) expect(Object.keys(own)).toEqual(expect.arrayContaining(['started', 'boot', 'pid_namespace']));
});

test.each(['', 'garbage', '{}', '{"pid":0,"host":"x"}', '{"pid":1}', '{"pid":"1","host":"x"}'])(
  '%j is no holder',
  (text) => {
    expect(parseHolder(text)).toBeUndefined();
  },
);

test.each<readonly [Liveness: string, when: string, Holder]>([
  ['alive', 'this process itself', own],
  ['dead', 'a process that is gone', { ...own, pid: dead }],
  ['unknown', 'a process of another host', { ...own, pid: dead, host: 'elsewhere' }],
  ['unknown', 'a process of another host with an id that is in use here', { ...own, host: 'elsewhere' }],
  ['unknown', 'a process of another pid namespace', { ...own, pid: dead, pid_namespace: 'pid:[1]' }],
  ['unknown', 'a process of another boot, in a container', { ...own, boot: 'b', pid_namespace: 'pid:[1]' }],
  ['unknown', 'a process of another boot of another machine', { ...own, boot: 'b', machine: 'other' }],
])('%s: %s', (liveness, _, holder) => {
  expect(livenessOf(holder)).toBe(liveness);
});

test.runIf(onLinux)('dead: a process whose id another one has by now', () => {
  expect(livenessOf({ ...own, started: '1' })).toBe('dead');
});

// Only outside a container can a process see that the machine itself was started again.
test.runIf(own.pid_namespace === machineNamespace && own.machine !== undefined)(
  'dead: a process of an earlier boot of this machine',
  () => {
    expect(livenessOf({ ...own, boot: 'earlier' })).toBe('dead');
  },
);

test.runIf(onLinux)('dead: a process that has ended and that nobody has asked how', async () => {
  // `sleep` does not know that it has a child, so that never asks.
  const parent = spawn('sh', ['-c', 'exec 3<&0; sh -c "read line <&3" & echo $!; exec sleep 1000'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  try {
    const [line] = (await once(parent.stdout, 'data')) as [Buffer]; // stdout without an encoding gives buffers
    const { started: _, ...rest } = own;
    const zombie = { ...rest, pid: Number(line) };
    expect(livenessOf(zombie)).toBe('alive');
    // Until then the shell may ask.
    await until(() => readFileSync(`/proc/${parent.pid}/comm`, 'utf8') === 'sleep\n');
    parent.stdin.end();
    await until(() => livenessOf(zombie) === 'dead');
    expect(existsSync(`/proc/${zombie.pid}`)).toBe(true);
  } finally {
    parent.kill('SIGKILL');
  }
});
