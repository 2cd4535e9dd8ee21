import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { flipgate, json } from '../support/cli.ts';
import { gateStore, lenient } from '../support/gate-store.ts';
import { serving } from '../support/serving.ts';
import { rollbackLines } from '../support/store-files.ts';

const store = gateStore();

test('what was rolled back is an error for every reader until it is judged on a run that was started after that', async () => {
  await store.configure({
    acceptance: { ...lenient, rules: { ...lenient.rules, rollback_drill: { waived: 'no pointer' } } },
  });
  expect((await store.judge()).code).toBe(0);
  const { artifact } = (await json(path.join(await store.runOf('green'), 'run.json'))) as {
    artifact: { sha256: string };
  };
  const lines = rollbackLines({ artifact: artifact.sha256 }).map((line) => ({
    ...line,
    at: new Date().toISOString(),
  }));
  await mkdir(path.join(store.folder, 'reports/rollbacks'));
  await writeFile(
    path.join(store.folder, 'reports/rollbacks/history.jsonl'),
    lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
  );
  // The stored pass, for those who only read it.
  const server = await serving(store.folder);
  const asked = async (): Promise<string> => {
    const { verdict, problems = [] } = (await server.get('/v1/gates/acceptance')).json as {
      verdict: string;
      problems?: { code: string }[];
    };
    return [verdict, ...problems.map(({ code }) => code)].join(' ');
  };
  expect(await asked()).toBe('error barred');
  expect((await server.post('/v1/flagger/acceptance', {})).status).toBe(409);
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
