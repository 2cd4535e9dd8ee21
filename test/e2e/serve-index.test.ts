import { appendFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { sealed } from '../../src/base/integrity/sealed.ts';
import { serving, type Serving } from '../support/serving.ts';
import {
  emptyStore,
  iso,
  noon,
  passed,
  passedNow,
  runId,
  writeRun,
  writeVerdict,
} from '../support/store-files.ts';

interface Indexed extends Serving {
  readonly store: string;
  readonly judge: (...verdicts: readonly object[]) => Promise<void>;
  /** What stands in the run's row under "judged as", and the chips in it by class and text. */
  readonly judged: () => Promise<{ readonly text: string; readonly chips: readonly string[] }>;
}

const textOf = (markup: string): string =>
  markup
    .replaceAll(/<[^>]+>/gu, ' ')
    .replaceAll(/\s+/gu, ' ')
    .trim();

async function indexed(): Promise<Indexed> {
  const folder = await emptyStore();
  const store = path.join(folder, 'reports');
  await writeRun(store);
  await mkdir(path.join(store, 'verdicts'));
  const server = await serving(folder);
  const judged = async (): Promise<{ text: string; chips: readonly string[] }> => {
    const { text } = await server.get('/');
    const row = text.slice(text.indexOf(`>${runId()}<`));
    const cell = row.slice(row.indexOf('<td'), row.indexOf('</td>'));
    const chips = [...cell.matchAll(/class="chip (\w+)"\s*>(.*?)<\/span>\s*([^<]*)/gsu)].map(
      ([, kind, , name]) => `${kind}: ${name}`,
    );
    return { text: textOf(cell), chips };
  };
  const judge = async (...verdicts: readonly object[]): Promise<void> =>
    appendFile(
      path.join(store, 'verdicts/history.jsonl'),
      verdicts.map((verdict) => `${JSON.stringify(sealed(verdict))}\n`).join(''),
    );
  return { ...server, store, judge, judged };
}

test('a verdict that stands now is shown as the gate shows it', async () => {
  const server = await indexed();
  const verdict = passedNow();
  await writeVerdict(server.store, verdict);
  await server.judge(verdict);
  await expect.poll(server.judged).toEqual({ text: '✓ acceptance pass', chips: ['pass: acceptance pass'] });
});

test('a verdict that is over is told in words with its time, without the colour of a pass', async () => {
  const server = await indexed();
  await writeVerdict(server.store, passed());
  await server.judge(
    passed(),
    passed({ gate: 'smoke', verdict: 'fail', evaluated_at: '2026-11-22T14:01:00+02:00' }),
  );
  expect(await server.judged()).toEqual({
    text: 'acceptance was pass, 2026-11-22 12:01 UTC smoke was fail, 2026-11-22 12:01 UTC',
    chips: [],
  });
});

test('an older pass beside the verdict that stands now is history', async () => {
  const server = await indexed();
  const verdict = passedNow({
    verdict: 'fail',
    rules: [{ rule: 'coverage', verdict: 'fail', reason: 'bad' }],
  });
  await server.judge(passed());
  await writeVerdict(server.store, verdict);
  await expect.poll(server.judged).toEqual({
    text: '✗ acceptance fail acceptance was pass, 2026-11-22 12:01 UTC',
    chips: ['fail: acceptance fail'],
  });
  await server.judge(verdict);
  expect(await server.judged()).toEqual({ text: '✗ acceptance fail', chips: ['fail: acceptance fail'] });
});

test('a pass that a newer aborted run made void is history too', async () => {
  const server = await indexed();
  const verdict = passedNow();
  await writeVerdict(server.store, verdict);
  await server.judge(verdict);
  await writeRun(server.store, { at: 60, status: 'aborted' });
  await expect.poll(async () => (await server.judged()).chips).toEqual([]);
  expect((await server.judged()).text).toMatch(/^acceptance was pass, \d{4}-\d\d-\d\d \d\d:\d\d UTC$/u);
});

test('a pass that was edited, comes from the future or has no time is an error', async () => {
  const server = await indexed();
  const later = {
    evaluated_at: '2099-01-01T00:00:00Z',
    evidence_at: '2099-01-01T00:00:00Z',
    expires_at: '2099-01-02T00:00:00Z',
  };
  await server.judge(
    passedNow({
      gate: 'edited',
      rules: [{ rule: 'coverage', verdict: 'fail', value: 0.1, limit: 0.7, reason: 'x' }],
    }),
    passed({ gate: 'future', ...later }),
    passed({ gate: 'future-fail', verdict: 'fail', ...later }),
    passed({ gate: 'timeless', evaluated_at: 'soon' }),
    passed({ gate: 'early', evaluated_at: iso(noon) }),
  );
  expect((await server.judged()).chips).toEqual(
    ['edited', 'future', 'future-fail', 'timeless', 'early'].map((gate) => `error: ${gate} error`),
  );
});

test('lines that are cut, or no verdicts, are passed over', async () => {
  const server = await indexed();
  const history = path.join(server.store, 'verdicts/history.jsonl');
  const line = JSON.stringify(sealed(passed()));
  await appendFile(history, `no json\n\n{"schema":"flipgate.verdict/1"}\n${line.slice(0, 200)}`);
  expect((await server.judged()).text).toBe('–');
  await appendFile(history, `${line.slice(200)}\n`);
  expect((await server.judged()).text).toContain('acceptance was pass');
});

test('where the newest run has no number, the trend says so and from when the last one is', async () => {
  const server = await indexed();
  await writeRun(server.store, { at: 60, summary: { coverage: { n: 8, mean: 0.9 } } });
  await writeRun(server.store, { at: 120, summary: { coverage: undefined } });
  await writeRun(server.store, { at: 180, summary: { coverage: { n: 1, mean: 0.99 } }, status: 'aborted' });
  await mkdir(path.join(server.store, runId({ at: 240 })));
  const trend = async (): Promise<readonly string[]> => {
    const { text } = await server.get('/');
    const [, svg = ''] = /(<svg[^>]*aria-label="coverage of green.*?<\/td>)/su.exec(text) ?? [];
    return [/aria-label="([^"]*)"/u.exec(svg)?.[1] ?? '', String(svg.includes('<circle')), textOf(svg)];
  };
  await expect
    .poll(trend, { timeout: 5000 })
    .toEqual([
      'coverage of green: none of the newest run, last 0.9, 2026-11-22 12:01 UTC, between 0.83 and 0.9 over 2 runs',
      'false',
      '– (last 0.9, 2026-11-22 12:01 UTC)',
    ]);
  await writeRun(server.store, { at: 300 });
  await expect
    .poll(trend, { timeout: 5000 })
    .toEqual(['coverage of green: 0.83 now, between 0.83 and 0.9 over 3 runs', 'true', '0.83']);
});
