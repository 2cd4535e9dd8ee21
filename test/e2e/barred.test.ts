import { readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { delivery, firing, sendAlerts, token } from '../support/alerts.ts';
import { flipgate, json, jsonLines } from '../support/cli.ts';
import { gateStore, lenient } from '../support/gate-store.ts';
import { rollbackPrograms } from '../support/rollback-programs.ts';
import { serving } from '../support/serving.ts';

const store = gateStore();

/** The reports of comparisons that stand in the store. */
async function pages(): Promise<readonly string[]> {
  const folder = path.join(store.folder, 'reports/comparisons');
  const names = await readdir(folder);
  return Promise.all(names.map((name) => readFile(path.join(folder, name, 'report.html'), 'utf8')));
}

test('what was rolled back is an error for every reader until it is judged on a run that was started after that', async () => {
  await store.configure({
    acceptance: { ...lenient, rules: { ...lenient.rules, rollback_drill: { waived: 'no pointer' } } },
  });
  const file = path.join(store.folder, 'flipgate.yaml');
  const { settings, goGreen } = rollbackPrograms(store.folder);
  await writeFile(file, JSON.stringify({ ...(await json(file)), rollback: settings, serve: { token } }));
  await goGreen();
  expect((await store.judge()).code).toBe(0);
  expect((await flipgate(store.folder, ['report'])).code).toBe(0);
  const [page] = await pages();
  expect(page).toMatch(/<title>pass/u);
  const { artifact } = (await json(path.join(await store.runOf('green'), 'run.json'))) as {
    artifact: { sha256: string };
  };
  const server = await serving(store.folder);
  expect((await sendAlerts(server, delivery(firing()))).json['outcome']).toBe('done');
  const [begun] = await jsonLines(path.join(store.folder, 'reports/rollbacks/history.jsonl'));
  expect(begun!['rolled_back']).toEqual({ arm: 'green', artifact: artifact.sha256, known_from: 'verdict' });
  const asked = async (): Promise<string> => {
    const { verdict, problems = [] } = (await server.get('/v1/gates/acceptance')).json as {
      verdict: string;
      problems?: { code: string }[];
    };
    return [verdict, ...problems.map(({ code }) => code)].join(' ');
  };
  expect(await asked()).toBe('error barred');
  expect((await server.post('/v1/flagger/acceptance', {})).status).toBe(409);
  // The pages that say pass are written anew.
  await expect
    .poll(async () => (await pages()).every((text) => /<title>error/u.test(text)), { timeout: 20_000 })
    .toBe(true);
  expect((await server.get('/metrics')).text).toContain(
    `flipgate_gate_barred{artifact="${artifact.sha256}"} 1`,
  );
  expect((await flipgate(store.folder, ['push', '--textfile', 'x.prom'])).code).toBe(0);
  const pushed = await readFile(path.join(store.folder, 'x.prom'), 'utf8');
  expect(pushed).toContain('flipgate_gate_verdict{gate="acceptance",arm="green"} -1');
  const told = await flipgate(store.folder, ['report', '--format', 'json']);
  expect(told.stdout).toContain('"barred"');
  // Judged again on the run of before.
  const again = await store.judge();
  expect([again.code, (JSON.parse(again.stdout) as { problems: object[] }).problems]).toEqual([
    4,
    [expect.objectContaining({ code: 'barred' })],
  ]);
  expect((await flipgate(store.folder, ['run', '--quiet'])).code).toBe(0);
  expect((await store.judge()).code).toBe(0);
  await expect.poll(asked).toBe('pass');
});
