import { readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { byQuestion, hostilePaths, startHostileServer, type HostileServer } from '../hostile-server.ts';
import { inFolder, json, jsonLines, runFolders, start } from '../support/cli.ts';

let hostile: HostileServer;
const secret = 'tok-5d81e0a4c2';
/** Beside each bad answer a good one, so that no arm seems to be gone. */
const behaviours = Object.keys(hostilePaths).flatMap((name) => [name, '/fine']);

beforeAll(async () => {
  hostile = await startHostileServer();
});
afterAll(() => hostile.close());

test(
  'every hostile behaviour in one run: each ends in its class, none hangs, memory stays small, no secret is kept',
  () =>
    inFolder(async (folder) => {
      await writeFile(path.join(folder, 'gold.jsonl'), behaviours.map(questionOf).join('\n'));
      await writeFile(path.join(folder, 'flipgate.yaml'), configuration());
      const child = start(folder, ['run', '--quiet'], { ASK_TOKEN: secret });
      const peak = peakMegabytes(child.child.pid ?? 0);
      const result = await child.finished;
      expect([result.code, result.stderr]).toEqual([0, '']);
      expect(await peak).toBeLessThan(400);

      const [run = ''] = await runFolders(path.join(folder, 'reports'));
      const calls = await jsonLines(path.join(run, 'calls.jsonl'));
      const outcomes = new Map(
        calls.map((call) => [behaviours[Number(call['question'].slice(2))] ?? '', String(call['outcome'])]),
      );
      expect(Object.fromEntries(outcomes)).toMatchSnapshot();
      const record = await json(path.join(run, 'run.json'));
      expect([record['status'], calls.length, record['summary']['calls']['planned']]).toEqual([
        'complete',
        behaviours.length,
        behaviours.length,
      ]);
      for (const name of await readdir(run))
        expect(await readFile(path.join(run, name), 'utf8')).not.toContain(secret);
      expect(result.stdout).not.toContain(secret);
    }),
  120_000,
);

function questionOf(behaviour: string, index: number): string {
  const anchors = [{ section_id: 'flip', source_url: 'a.md', text: 'text' }];
  return JSON.stringify({
    id: `Q_${String(index).padStart(3, '0')}`,
    question: `What happens at ${behaviour} ?`,
    anchors,
  });
}

function configuration(): string {
  const arm = {
    kind: 'http',
    url: hostile.url + byQuestion,
    headers: { authorization: 'Bearer ${ASK_TOKEN}' },
    // Long enough for a good answer of a busy machine; the bad ones wait side by side.
    timeoutSeconds: 8,
  };
  return JSON.stringify({ gold: 'gold.jsonl', plan: { paraphrases: 0, seeds: [1] }, arms: { blue: arm } });
}

/** The largest resident set of a process until it ends, as the kernel counts it. */
async function peakMegabytes(pid: number): Promise<number> {
  let peak = 0;
  for (;;) {
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    const kilobytes = /VmHWM:\s+(\d+)/u.exec(status)?.[1];
    if (kilobytes === undefined) return peak / 1024;
    peak = Math.max(peak, Number(kilobytes));
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
