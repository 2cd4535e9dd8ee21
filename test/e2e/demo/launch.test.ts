import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchReferenceArms, type ReferenceArms } from '../../../src/demo/launch.ts';
import { ask, openWorkshop, questions, type Workshop } from './small-handbook.ts';

let workshop: Workshop;

beforeAll(() => {
  workshop = openWorkshop();
});
afterAll(() => workshop.remove());

test('launched arms answer from a process of their own and are gone after close', async () => {
  const { goldFolder, cacheFolder } = workshop;
  const { arms, close } = await launchReferenceArms({ scenario: 'healthy', goldFolder, cacheFolder });
  try {
    expect((await ask(arms.green.url, questions[0]!)).status).toBe(200);
  } finally {
    await close();
  }
  await expect(ask(arms.green.url, questions[0]!)).rejects.toThrow();
});

test('arms that cannot start say why', async () => {
  const { cacheFolder } = workshop;
  const launched = launchReferenceArms({ scenario: 'healthy', goldFolder: '/nowhere', cacheFolder });
  await expect(launched).rejects.toThrow(/the reference arms cannot start: .*nowhere/);
});

test('arms end when their parent is killed', async () => {
  const program = fileURLToPath(new URL('./launch-parent.ts', import.meta.url));
  const parent = spawn(
    process.execPath,
    ['--import', 'tsx', program, workshop.goldFolder, workshop.cacheFolder],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const [line] = (await once(parent.stdout, 'data')) as [Buffer]; // stdout without an encoding gives buffers
  const { blue } = JSON.parse(line.toString()) as ReferenceArms['arms']; // what launch-parent.ts writes
  expect((await fetch(blue.versionsUrl)).status).toBe(200);
  parent.kill('SIGKILL');
  await expect
    .poll(
      () =>
        fetch(blue.versionsUrl).then(
          () => 'up',
          () => 'gone',
        ),
      { timeout: 10_000, interval: 100 },
    )
    .toBe('gone');
});
