import { expect, test } from 'vitest';
import { rolesOf } from '../../../src/app/export.ts';
import { configOf } from '../../../src/config/load.ts';
import { emptyStore, opened } from '../../support/store-files.ts';
import { samplesOf } from '../exporter/samples.ts';

const around = { workingDirectory: '/tmp', environment: {} };
const arm = { kind: 'http', url: 'http://127.0.0.1:1/ask' };

test('the roles are those of the configuration, whatever the arms are called', async () => {
  const config = configOf({ baseline: 'v1', candidate: 'v2', arms: { v1: arm, v2: arm } }, around);
  const store = opened(await emptyStore(), { roles: rolesOf(config) });
  const samples = Object.entries(await samplesOf(store.snapshot()));
  expect(Object.fromEntries(samples.filter(([key]) => key.startsWith('flipgate_arm')))).toEqual({
    'flipgate_arm_role_info{arm="v1",role="baseline"}': '1',
    'flipgate_arm_role_info{arm="v2",role="candidate"}': '1',
  });
});

test('without a configuration nobody has a role', () => {
  expect(rolesOf(configOf({}, around))).toEqual([]);
});
