import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { flipgate, inFolder, json, jsonLines, runFolders, writeGold } from '../support/cli.ts';

const questions = 20;
const versions = { INDEX_HASH: 'i', EMBED_SCHEMA: 'e', RERANK_CONF: 'r', PROMPT_VER: 'p', MODEL_VER: 'm' };

/** Two recordings: what each question retrieves, from which section, and after how many seconds, where that was recorded. */
async function record(
  folder: string,
  arms: Readonly<Record<string, { section: (id: number) => string; seconds?: number }>>,
): Promise<void> {
  await writeGold(folder, questions);
  for (const [arm, { section, seconds }] of Object.entries(arms)) {
    const lines = Array.from({ length: questions }, (_, index) => index + 1).flatMap((id) =>
      [0, 1, 2, 3].map((phrasing) => {
        const text = `All that is known about topic ${id} stands in this one sentence of the document.`;
        const retrieved = [{ snippet_id: `S_${id}`, section_id: section(id), text }];
        const response = { answer: text, retrieved, versions: { ...versions, INDEX_HASH: arm } };
        const question = `Q_${String(id).padStart(3, '0')}`;
        return JSON.stringify({ question, phrasing, response, ...(seconds !== undefined && { seconds }) });
      }),
    );
    await writeFile(path.join(folder, `${arm}.jsonl`), lines.join('\n'));
  }
  await configure(folder, { rollback_drill: { waived: 'no pointer here' } });
}

async function configure(folder: string, rules: object): Promise<void> {
  const arm = (name: string): object => ({ kind: 'replay', file: `${name}.jsonl` });
  await writeFile(
    path.join(folder, 'flipgate.yaml'),
    JSON.stringify({
      gold: 'gold.jsonl',
      arms: { blue: arm('blue'), green: arm('green') },
      gates: { acceptance: { rules } },
    }),
  );
}

async function recordOf(folder: string, arm: string): Promise<string> {
  return (await runFolders(path.join(folder, 'reports'))).find((run) => run.includes(`-${arm}-`)) ?? '';
}

const own = (id: number): string => `s${id}`;

test('a recording without latencies has none, and no rule passes on the time of reading a file', () =>
  inFolder(async (folder) => {
    await record(folder, { blue: { section: own, seconds: 0.2 }, green: { section: own } });
    const { code, stdout } = await flipgate(folder, ['run', '--json', '--gate', 'acceptance']);
    const { verdict } = JSON.parse(stdout) as Record<string, any>;
    expect([code, verdict.verdict], verdict.reason).toEqual([3, 'inconclusive']);
    const latency = verdict.rules.find(({ rule }: { rule: string }) => rule === 'latency_p95');
    expect(latency).toMatchObject({ verdict: 'inconclusive' });
    expect(latency.reason).toContain('latency_not_recorded');
    const run = await recordOf(folder, 'green');
    expect((await json(path.join(run, 'run.json')))['summary'].latency).toEqual({});
    for (const call of await jsonLines(path.join(run, 'calls.jsonl')))
      expect(call).not.toHaveProperty('latency');
  }));

test('sections that are none of the gold set on both arms leave recall unmeasured, and run and check say why', () =>
  inFolder(async (folder) => {
    const section = (id: number): string => `doc-${id}#0`;
    await record(folder, { blue: { section, seconds: 0.2 }, green: { section, seconds: 0.2 } });
    const checked = await flipgate(folder, ['check']);
    expect(checked.stdout).toMatch(
      /no section of this answer is one of the gold set's: .*"doc-\d+#0".*"s1" in "doc\.md"/u,
    );
    await configure(folder, {
      rollback_drill: { waived: 'no pointer here' },
      recall_kept: { statistic: 'retrieval.recall_at_5', comparing: 'difference', limit: -0.05 },
    });
    const { code, stdout } = await flipgate(folder, ['run', '--gate', 'acceptance']);
    expect(code, stdout).toBe(3);
    expect(stdout).toContain('recall is not measured');
    expect(stdout).toMatch(/green: "doc-\d+#0", .*\n +gold set: "s1" in "doc\.md"/u);
    expect(stdout).not.toContain('recall@5');
    const run = await json(path.join(await recordOf(folder, 'green'), 'run.json'));
    expect(run['summary']).not.toHaveProperty('retrieval');
    expect(run['findings']).toContainEqual({ code: 'sections_never_match', count: 8 * questions });
    const verdict = await json(path.join(folder, 'reports/verdicts/acceptance.green.json'));
    expect(verdict['reason']).toMatch(/^recall_kept was not measured: .*sections_never_match/u);
  }));
