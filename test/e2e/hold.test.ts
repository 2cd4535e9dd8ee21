import { afterAll, expect, test } from 'vitest';
import { startPage } from '../support/conformance/exporters.ts';
import { acting, goesLive, reaches, startStack, type Stack } from '../support/hold/stack.ts';
import { eventually, once } from '../support/servers/process.ts';
import { requireServers, type TestContext } from '../support/servers/programs.ts';

/** After a flip, with the real Prometheus, Alertmanager and nginx, and what ships between them: one stack, and the tests in their order. */
const open = { acceptance: 'flipgate:gate_decision:acceptance', watch: 'flipgate:gate_decision:watch' };
const broken = (state: string): string =>
  `count(ALERTS{alertname="FlipgateWatchBroken",alertstate="${state}"})`;
const timeout = 600_000;

let shared: ((() => Promise<Stack>) & { close(): Promise<void> }) | undefined;
afterAll(() => shared?.close(), 60_000);

/** The stack, with a healthy candidate live that both gates passed. */
async function healthy(context: TestContext): Promise<Stack> {
  const programs = await requireServers(context, 'nginx', 'prometheus', 'alertmanager', 'curl');
  shared ??= once(() => startStack(programs));
  const stack = await shared();
  const { site, prometheus } = stack;
  site.damage(false);
  expect(await site.accept()).toBe(0);
  expect(await site.watch()).toBe(0);
  await reaches(prometheus, open.acceptance, 1);
  await reaches(prometheus, open.watch, 1);
  await reaches(prometheus, 'count(ALERTS{action="rollback"}) or vector(0)', 0);
  await site.nginx.moveTo('canary');
  await goesLive(site, 'canary');
  return stack;
}

/** Waits until Prometheus has seen that the watch's verdict is void; nothing that acts may have fired on the way, and users stay where they are. */
async function closesAndMovesNothing({ site, prometheus }: Stack, before: number): Promise<void> {
  await reaches(prometheus, open.watch, -1);
  await reaches(prometheus, broken('pending'), 1);
  expect(await acting(prometheus)).toBe(before);
  expect(await site.live()).toBe('canary');
}

test(
  'a policy that is edited while all is well closes the gate and moves nothing',
  { timeout },
  async (context) => {
    const stack = await healthy(context);
    await stack.site.configure({ limit: 0.55 });
    await closesAndMovesNothing(stack, 0);
    expect(await stack.site.rollbacks()).toEqual([]);
  },
);

test(
  'a run that is interrupted with Ctrl-C closes the gates and moves nothing',
  { timeout },
  async (context) => {
    const stack = await healthy(context);
    expect(await stack.site.interrupt()).toBe(130);
    await closesAndMovesNothing(stack, 0);
    await reaches(stack.prometheus, open.acceptance, -1);
    expect(await stack.site.rollbacks()).toEqual([]);
  },
);

test(
  'damage is rolled back, and again when somebody flips to it again; the gate stays shut until there is new evidence',
  { timeout },
  async (context) => {
    const { site, prometheus } = await healthy(context);
    site.damage(true);
    expect(await site.watch()).toBe(1);
    await goesLive(site, 'stable');
    await rolledBack(site, 1);
    await reaches(prometheus, open.acceptance, -1);

    const flipped = performance.now();
    await site.nginx.moveTo('canary');
    await rolledBack(site, 2);
    await goesLive(site, 'stable');
    const seconds = (performance.now() - flipped) / 1000;
    process.stdout.write(
      `from the second flip to what failed until users were back: ${seconds.toFixed(1)} s\n`,
    );

    // The same evidence once more is no reason to open.
    site.damage(false);
    expect(await site.judgeAgain()).toBe(4);
    expect(await site.watch()).toBe(0);
    await reaches(prometheus, open.watch, 1);
    await reaches(prometheus, open.acceptance, -1);
    expect(await site.accept()).toBe(0);
    await reaches(prometheus, open.acceptance, 1);
    expect(await site.live()).toBe('stable');
  },
);

test(
  'five windows that decide nothing page somebody, and roll back only where a pointer is known to be on the candidate',
  { timeout },
  async (context) => {
    const { site, prometheus, paged, further } = await healthy(context);
    const rollbacks = (await site.rollbacks()).length;
    const acted = await acting(prometheus);
    // Each window has 24 questions.
    await site.configure({ minQuestions: 1000 });
    const earlier: string[] = [];
    for (let window = 0; window < 5; window++) {
      expect(await site.watch(...earlier)).toBe(1);
      earlier.push((await site.runs()).at(-1) ?? '');
    }
    await reaches(prometheus, broken('firing'), 1);
    await eventually(async () => (paged.alerts().includes('FlipgateWatchBroken') ? true : undefined), 60);
    expect(await acting(prometheus)).toBe(acted);
    expect(await site.live()).toBe('canary');
    expect(await site.rollbacks()).toHaveLength(rollbacks);

    const pointer =
      'flipgate_pointer_info{pointer="edge",target="canary",role="candidate",generation="7",confirmed="open"} 1';
    const page = await startPage(`# TYPE flipgate_pointer_info gauge\n${pointer}\n`);
    try {
      const promtool = await requireServers(context, 'promtool');
      await further({
        scrape: { pointers: [`${page.url}/metrics`] },
        history: { promtool: promtool.promtool, samples: longSince(pointer) },
      });
      await goesLive(site, 'stable');
    } finally {
      await page.close();
    }
    expect((await site.rollbacks()).length).toBeGreaterThan(rollbacks);
  },
);

/** A series as a Prometheus holds it that has scraped it for five minutes. */
function longSince(series: string): string {
  const now = Math.floor(Date.now() / 1000);
  const lines = Array.from({ length: 30 }, (_, index) => `${series} ${now - 300 + 10 * index}`);
  return `# TYPE flipgate_pointer_info gauge\n${lines.join('\n')}\n# EOF\n`;
}

async function rolledBack({ rollbacks }: Stack['site'], times: number): Promise<void> {
  await eventually(async () => {
    const done = (await rollbacks()).filter(({ event, outcome }) => event === 'ended' && outcome === 'done');
    return done.length >= times ? true : undefined;
  }, 60);
}
