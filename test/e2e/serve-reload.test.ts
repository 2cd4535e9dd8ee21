import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { until } from '../support/cli.ts';
import { delivery, firing, sendAlerts, token } from '../support/alerts.ts';
import { rollbackPrograms } from '../support/rollback-programs.ts';
import { serving, type Serving } from '../support/serving.ts';
import { emptyStore, passedNow, writeRun, writeVerdict } from '../support/store-files.ts';

interface Site {
  readonly folder: string;
  readonly server: Serving;
  configure(value: object | string): Promise<void>;
  /** What a series without labels is now. */
  valueOf(series: string): Promise<string | undefined>;
}

async function site(first: object, args: readonly string[] = []): Promise<Site> {
  const folder = await emptyStore();
  const configure = (value: object | string): Promise<void> =>
    writeFile(path.join(folder, 'flipgate.yaml'), typeof value === 'string' ? value : JSON.stringify(value));
  await configure(first);
  await writeRun(path.join(folder, 'reports'));
  const server = await serving(folder, args);
  const valueOf = async (series: string): Promise<string | undefined> =>
    new RegExp(`^${series} (.*)$`, 'mu').exec((await server.get('/metrics')).text)?.[1];
  return { folder, server, configure, valueOf };
}

const isRefused = async ({ valueOf }: Site): Promise<boolean> =>
  (await valueOf('flipgate_config_reload_success')) === '0';
const isTaken = async ({ valueOf }: Site): Promise<boolean> =>
  (await valueOf('flipgate_config_reload_success')) === '1';

test('what is configured anew is in force without a restart: alerts, programs, tokens', async () => {
  const found = await site({ serve: { token } });
  const { server, configure, folder, valueOf } = found;
  const first = Number(await valueOf('flipgate_config_last_reload_timestamp_seconds'));
  expect((await sendAlerts(server, delivery(firing()))).json['reason']).toBe('no rollback is configured');
  const { settings, runs } = rollbackPrograms(folder);
  await configure({ serve: { token: `${token}-new` }, rollback: { ...settings, alerts: ['Mine'] } });
  await until(async () => (await sendAlerts(server, delivery(firing()))).status === 401);
  const bearer = { authorization: `Bearer ${token}-new` };
  expect((await sendAlerts(server, delivery(firing()), bearer)).json['outcome']).toBe('ignored');
  const mine = delivery(firing({}, { alertname: 'Mine' }));
  expect((await sendAlerts(server, mine, bearer)).json['outcome']).toBe('done');
  expect(await runs()).toBe(1);
  expect(await isTaken(found)).toBe(true);
  expect(Number(await valueOf('flipgate_config_last_reload_timestamp_seconds'))).toBeGreaterThan(first);
});

test('policies follow: a verdict by another policy is an error, by the one before it was none', async () => {
  const { server, configure, folder } = await site({ serve: { token } });
  await writeVerdict(path.join(folder, 'reports'), passedNow());
  const reasonOf = async (): Promise<string> =>
    (await server.get('/v1/gates/acceptance')).json['reason'] as string;
  const policyOf = (reason: string): string | undefined => /configured is ([0-9a-f]{12})/u.exec(reason)?.[1];
  await until(async () => policyOf(await reasonOf()) !== undefined);
  const before = policyOf(await reasonOf());
  await configure({ serve: { token }, gates: { acceptance: { rules: { coverage: { limit: 0.5 } } } } });
  await until(async () => policyOf(await reasonOf()) !== before);
});

test.each<[what: string, broken: object | string]>([
  ['is no YAML', 'serve: ['],
  ['has a key that is not known', { serve: { token }, sreve: {} }],
  ['names a variable that is not set', { serve: { token: '${NOT_SET_ANYWHERE}' } }],
  [
    'has a rule that makes no sense',
    { serve: { token }, gates: { acceptance: { rules: { nonsense: {} } } } },
  ],
])(
  'one that %s is refused and told, and the one before stays in force until a good one comes',
  async (_what, broken) => {
    const found = await site({ serve: { token } });
    const { server, configure, valueOf } = found;
    const at = await valueOf('flipgate_config_last_reload_timestamp_seconds');
    await configure(broken);
    await until(() => isRefused(found));
    expect(server.stderr()).toContain('the configuration is refused, the one before stays in force');
    expect(await valueOf('flipgate_config_last_reload_timestamp_seconds')).toBe(at);
    // Its token is still asked for.
    expect((await sendAlerts(server, delivery(firing()))).json['reason']).toBe('no rollback is configured');
    await configure({ serve: { token } });
    await until(() => isTaken(found));
    expect(Number(await valueOf('flipgate_config_last_reload_timestamp_seconds'))).toBeGreaterThan(
      Number(at),
    );
  },
);

test('a file that is gone is refused', async () => {
  const found = await site({ serve: { token } });
  await rm(path.join(found.folder, 'flipgate.yaml'));
  await until(() => isRefused(found));
});

test('SIGHUP reads it again, changed or not', async () => {
  const { server, valueOf } = await site({ serve: { token } });
  const at = await valueOf('flipgate_config_last_reload_timestamp_seconds');
  server.child.kill('SIGHUP');
  await until(async () => (await valueOf('flipgate_config_last_reload_timestamp_seconds')) !== at);
  await server.stop();
});

test('no read token where others can connect is refused', async () => {
  const readToken = `${token}-read`;
  const found = await site({ serve: { token, readToken } }, ['--host', '0.0.0.0']);
  const { server, configure } = found;
  await configure({ serve: { token } });
  await until(() => isRefused(found));
  expect((await server.get('/v1/runs')).status).toBe(401);
  await server.stop();
});

test('another address is taken at the next start, which is said', async () => {
  const { server, configure } = await site({ serve: { token } });
  await configure({ serve: { token, host: '127.0.0.2' } });
  await until(() => server.stderr().includes('another address to listen on is taken at the next start only'));
  expect((await server.get('/healthz')).status).toBe(200);
});
