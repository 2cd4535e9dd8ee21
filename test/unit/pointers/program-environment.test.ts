import { expect, test } from 'vitest';
import { commandPointer } from '../../../src/pointers/command-rollback.ts';
import { emptyStore } from '../../support/store-files.ts';

test('the programs of a rollback get what programs need and what is named, and no token', async () => {
  const pointer = commandPointer(
    {
      pointer: 'edge',
      command: ['sh', '-c', 'env >&2'],
      verify: { command: ['env'] },
      timeoutSeconds: 20,
      environment: ['AWS_PROFILE', 'NOT_SET'],
    },
    {
      workingDirectory: await emptyStore(),
      environment: {
        PATH: process.env['PATH'],
        LC_ALL: 'C',
        KUBERNETES_SERVICE_HOST: '10.0.0.1',
        AWS_PROFILE: 'prod',
        ASK_TOKEN: 'secret-one',
        FLIPGATE_TOKEN: 'secret-two',
      },
    },
  );
  for (const { ok, output } of [await pointer.look(), await pointer.moveBack(async () => undefined)]) {
    expect(ok).toBe(true);
    for (const kept of ['PATH=', 'LC_ALL=C', 'KUBERNETES_SERVICE_HOST=10.0.0.1', 'AWS_PROFILE=prod'])
      expect(output).toContain(kept);
    expect(output).not.toMatch(/secret|NOT_SET/u);
  }
});
