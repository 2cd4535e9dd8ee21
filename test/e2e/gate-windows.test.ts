import path from 'node:path';
import { expect, test } from 'vitest';
import { flipgate } from '../support/cli.ts';
import { gateStore } from '../support/gate-store.ts';

const store = gateStore();

/** `flipgate gate watch`: its exit code, and what keeps it from passing beside its rules. */
async function watched(candidate: string, ...windows: readonly string[]): Promise<Record<string, any>> {
  const words = windows.flatMap((window) => ['--window', window]);
  const { code, stdout } = await flipgate(store.folder, [
    'gate',
    'watch',
    '--candidate',
    candidate,
    ...words,
    '--json',
  ]);
  const verdict = JSON.parse(stdout) as Record<string, any>;
  const found = (verdict['problems'] ?? []) as readonly { code: string; reason: string }[];
  return {
    code,
    windows: verdict['windows'],
    why: found.filter((one) => one.code === 'windows').map(({ reason }) => reason),
  };
}

test('windows of the watch gate are distinct runs in order of time, and stand in its verdict', async () => {
  const first = path.basename(await store.runOf('green'));
  expect((await flipgate(store.folder, ['run', '--quiet'])).code).toBe(0);
  const { stdout } = await flipgate(store.folder, ['runs', '--json']);
  const runs = JSON.parse(stdout) as { runs: readonly { id: string }[] } | readonly { id: string }[];
  const second =
    ('runs' in runs ? runs.runs : runs)
      .map(({ id }) => id)
      .find((id) => id.includes('-green-') && id !== first) ?? '';

  expect(await watched(second, first)).toMatchObject({ windows: [{ run: first }, { run: second }], why: [] });
  expect(await watched(second, second)).toMatchObject({
    code: 4,
    why: [expect.stringMatching(/named twice/u)],
  });
  expect(await watched(second, first, first)).toMatchObject({
    code: 4,
    why: [expect.stringMatching(/named twice/u)],
  });
  expect(await watched(first, second)).toMatchObject({
    code: 4,
    why: [expect.stringMatching(/oldest first/u)],
  });
  await store.editRecord('green', (record) => (record['artifact'].sha256 = 'f'.repeat(64)));
  expect(await watched(second, first)).toMatchObject({
    code: 4,
    why: [expect.stringMatching(/another artifact/u)],
  });
});
