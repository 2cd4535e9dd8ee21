import { appendFile, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { sealed } from '../../src/base/integrity/sealed.ts';
import { describe, expect, test } from 'vitest';
import { flipgate, json, writeGold } from '../support/cli.ts';
import { gateStore, latency_p95, lenient } from '../support/gate-store.ts';

const store = gateStore();
const report = (
  ...args: readonly string[]
): Promise<{ code: number | null; stdout: string; stderr: string }> =>
  flipgate(store.folder, ['report', ...args]);

async function headlineOf(file: string): Promise<string> {
  const page = await readFile(file, 'utf8');
  return /<h1 id="verdict-title">([^<]*)</u.exec(page)?.[1] ?? 'no headline';
}

/** The headline of a page that is made now. */
async function headline(...references: readonly string[]): Promise<string> {
  const { code, stderr } = await report(...references, '--out', 'now.html');
  if (code !== 0) return stderr;
  return headlineOf(path.join(store.folder, 'now.html'));
}

/** What each format says of the gate: JUnit's failures and errors, the word of Markdown, JSON and CSV. */
async function formats(...references: readonly string[]): Promise<readonly string[]> {
  const told = async (format: string): Promise<string> =>
    (await report(...references, '--format', format)).stdout;
  const [junit, markdown, csv] = [await told('junit'), await told('markdown'), await told('csv')];
  const documents = JSON.parse(await told('json')) as { verdict: { verdict: string } }[];
  return [
    /failures="0" errors="0"/u.test(junit) ? 'pass' : 'no pass',
    /✅ pass/u.test(markdown) ? 'pass' : 'no pass',
    /,gate,acceptance,pass,/u.test(csv) ? 'pass' : 'no pass',
    documents[0]?.verdict.verdict ?? 'none',
  ];
}

test('what passes is told as a pass until it expires, by every format', async () => {
  expect((await store.judge()).code).toBe(0);
  expect(await headline()).toMatch(/^Pass: green may go live until \d{4}-\d\d-\d\d \d\d:\d\d UTC$/u);
  expect(await formats()).toEqual(['pass', 'pass', 'pass', 'pass']);
});

describe('a pass is none any more, and the page says why, when', () => {
  const cases: readonly (readonly [what: string, change: () => Promise<unknown>, reason: RegExp])[] = [
    [
      'the scores were edited',
      async () => appendFile(await fileOf('green', 'scores.jsonl'), '\n'),
      /scores\.jsonl.*is not what/u,
    ],
    [
      'the calls were edited',
      async () => appendFile(await fileOf('green', 'calls.jsonl'), '{}\n'),
      /calls\.jsonl.*is not what/u,
    ],
    [
      'the baseline’s scores are gone',
      async () => rename(await fileOf('blue', 'scores.jsonl'), await fileOf('blue', 'x')),
      /is missing/u,
    ],
    [
      'the run is interrupted now',
      () => store.editRecord('green', (record) => (record['status'] = 'interrupted')),
      /is interrupted/u,
    ],
    [
      'the run went on',
      () => store.editRecord('green', (record) => (record['finished_at'] = later())),
      /was resumed after it was judged/u,
    ],
    [
      'the run is of another gold set',
      () => store.editRecord('green', ({ gold }) => (gold.sha256 = 'd'.repeat(64))),
      /asked gold set dddd/u,
    ],
    [
      'another embedder scored it',
      () => store.editRecord('blue', ({ embedder }) => (embedder.id = 'other')),
      /was scored by other/u,
    ],
    [
      'the policy changed',
      () => store.configure({ acceptance: { rules: { coverage: { limit: 0.9 } } } }),
      /judged by policy/u,
    ],
    ['the configured gold set changed', () => writeGold(store.folder, 25), /about gold set/u],
  ];
  test.each(cases)('%s', async (_, change, reason) => {
    expect((await store.judge()).code).toBe(0);
    await change();
    expect(await headline()).toBe('Error: nothing was decided about green');
    expect(await readFile(path.join(store.folder, 'now.html'), 'utf8')).toMatch(reason);
    expect(await readFile(path.join(store.folder, 'now.html'), 'utf8')).not.toContain('class="chip pass"');
  });
});

const later = (): string => new Date(Date.now() + 1000).toISOString();
const fileOf = async (arm: string, name: string): Promise<string> => path.join(await store.runOf(arm), name);

test('a newer run of the arm that was aborted leaves no pass', async () => {
  expect((await store.judge()).code).toBe(0);
  const judged = path.basename(await store.runOf('green'));
  const [server] = store.servers;
  expect(
    (await flipgate(store.folder, ['run', '--green', server!.url, '--arm', 'green', '--quiet'])).code,
  ).toBe(0);
  const runs = (await flipgate(store.folder, ['runs', '--json'])).stdout;
  const newest = (JSON.parse(runs) as { runs: { id: string }[] }).runs
    .map(({ id }) => id)
    .find((id) => id.includes('-green-') && id !== judged);
  const file = path.join(store.folder, 'reports', newest!, 'run.json');
  await writeFile(file, JSON.stringify({ ...(await json(file)), status: 'aborted' }));
  expect(await headline()).toBe('Error: nothing was decided about green');
  expect(await formats()).toEqual(['no pass', 'no pass', 'no pass', 'error']);
});

test('a judging that ended in an error is newer than the pass before it, and the pages that stood there say so', async () => {
  const page = path.join(await store.runOf('green'), 'report.html');
  expect((await store.judge()).code).toBe(0);
  expect((await report('green')).code).toBe(0);
  expect(await headlineOf(page)).toMatch(/^Pass: /u);
  await appendFile(await fileOf('green', 'scores.jsonl'), '\n');
  expect((await store.judge()).code).toBe(4);
  expect(await headlineOf(page)).toBe('Error: nothing was decided about green');
  expect(await headline('blue', 'green')).toBe('Error: nothing was decided about green');
  expect(await formats('blue', 'green')).toEqual(['no pass', 'no pass', 'no pass', 'error']);
});

test('judged again, every page that tells a verdict about these runs is written anew', async () => {
  const page = path.join(await store.runOf('green'), 'report.html');
  expect(await headlineOf(page)).toBe('Not judged: green was measured');
  expect((await store.judge()).code).toBe(0);
  expect(await headlineOf(page)).toBe('Not judged: green was measured');
  for (const runs of [['green'], ['blue', 'green']]) expect((await report(...runs)).code).toBe(0);
  await store.configure({
    acceptance: { ...lenient, rules: { latency_p95, coverage: { limit: 1, evidence: 'strict' } } },
  });
  expect((await store.judge()).code).toBe(3);
  expect(await headlineOf(page)).toBe('Inconclusive: do not flip to green yet');
  const pair = `${path.basename(await store.runOf('blue'))}..${path.basename(await store.runOf('green'))}`;
  expect(await headlineOf(path.join(store.folder, 'reports/comparisons', pair, 'report.html'))).toBe(
    'Inconclusive: do not flip to green yet',
  );
});

test('of two gates the worse one is the headline, as both may be read now', async () => {
  await store.configure({
    acceptance: { maxAgeSeconds: 3600 },
    quick: { maxAgeSeconds: 1, rules: { faults: { statistic: 'error_rate', limit: 0.5 } } },
  });
  expect([3, 4]).toContain((await flipgate(store.folder, ['gate', 'quick', '--json'])).code);
  await store.judge();
  expect(await headline('blue', 'green')).toBe('Error: nothing was decided about green');
});

test('the newest verdict counts where the history lacks it', async () => {
  expect((await store.judge()).code).toBe(0);
  const file = path.join(store.folder, 'reports/verdicts/acceptance.green.json');
  const { integrity: _old, ...verdict } = await json(file);
  await writeFile(file, JSON.stringify(sealed({ ...verdict, verdict: 'fail' })));
  expect(await headline('blue', 'green')).toBe('Fail: do not flip to green');
});
