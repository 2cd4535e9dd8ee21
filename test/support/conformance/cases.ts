import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { startArm, versions } from '../arm-server.ts';
import { runFolders, writeGold } from '../cli.ts';
import { startPushgateway } from '../servers/pushgateway.ts';
import { pageOf, startExporter, startPage, type Exporter } from './exporters.ts';
import { configure, cut, judge, shiftVerdict, verdictFile, type HealthyStore } from './store.ts';

/** What the consumers of a case are shown. */
export interface Shown {
  /** Whom consumers over HTTP ask; absent where the case is none of theirs. */
  readonly gate?: string;
  /** Whom consumers ask that want Prometheus's proof beside its answer; `gate` by default. */
  readonly beside?: string;
  /** What Prometheus scrapes. */
  readonly scrape: readonly string[];
  /** Whether Prometheus has the rule file. */
  readonly rules?: boolean;
  /** Called once Prometheus has seen the gate open. */
  readonly spoil?: () => Promise<void>;
  readonly servers: readonly { close(): Promise<void> }[];
}

type Prepare = (store: HealthyStore, programs: { readonly pushgateway: string }) => Promise<Shown>;

const metrics = ({ url }: Exporter): string => `${url}/metrics`;
const shown = (exporter: Exporter): Shown => ({
  gate: exporter.url,
  scrape: [metrics(exporter)],
  servers: [exporter],
});

/** A case in which only what stands in the store is spoiled. */
const spoiled =
  (spoil: (folder: string, store: HealthyStore) => Promise<void>): Prepare =>
  async (store) => {
    const folder = await store.copy();
    await spoil(folder, store);
    return shown(await startExporter(folder));
  };

/** A case in which Prometheus is shown a page made of the healthy one, and consumers over HTTP a store that is spoiled alike. */
const rewrittenPage =
  (rewrite: (page: string) => string, spoil: (folder: string) => Promise<void>): Prepare =>
  async (store) => {
    const healthy = await startExporter(await store.copy());
    const page = await startPage(rewrite(await pageOf(healthy)));
    await healthy.close();
    const folder = await store.copy();
    await spoil(folder);
    const exporter = await startExporter(folder);
    return { gate: exporter.url, scrape: [metrics(page)], servers: [page, exporter] };
  };

/** Every value of a page, set by its series' name. */
function valuesOf(page: string, value: (name: string, before: string) => string): string {
  const rewritten = page.split('\n').map((line) => {
    const [, series, name, before] = /^((\w+)(?:\{.*\})?) (\S+)$/u.exec(line) ?? [];
    return series === undefined ? line : `${series} ${value(name ?? '', before ?? '')}`;
  });
  return rewritten.join('\n');
}

const emptied = async (folder: string): Promise<void> => {
  await rm(path.join(folder, 'reports'), { recursive: true });
  await mkdir(path.join(folder, 'reports'));
};

const secondsAgo = (page: string, seconds: number): string =>
  valuesOf(page, (name, before) =>
    name.endsWith('_timestamp_seconds') ? String(Number(before) - seconds) : before,
  );

/** All the ways in which a gate can be asked, and one in which it is to open. */
export const cases: Readonly<Record<string, Prepare>> = {
  pass: spoiled(async () => undefined),
  fail: spoiled(async (folder, { arms }) => {
    await configure(folder, arms, { semantic_distance: { limit: 0 } });
    await judge(folder, 1);
  }),
  inconclusive: spoiled(async (folder) => {
    await rm(path.join(folder, 'reports/drills'), { recursive: true });
    await judge(folder, 3);
  }),
  'no data': spoiled(emptied),
  NaN: rewrittenPage(
    (page) => valuesOf(page, (name, before) => (name === 'flipgate_gate_verdict' ? 'NaN' : before)),
    async (folder) => {
      const text = await readFile(verdictFile(folder), 'utf8');
      await writeFile(verdictFile(folder), text.replace('"pass"', 'NaN'));
    },
  ),
  'gauge born 0': rewrittenPage((page) => valuesOf(page, () => '0'), emptied),
  'stale producer': spoiled((folder) => shiftVerdict(folder, -1200)),
  'frozen Pushgateway': async (store, { pushgateway }) => {
    const healthy = await startExporter(await store.copy());
    const page = secondsAgo(await pageOf(healthy), 1000).replaceAll(/^# .*\n/gmu, '');
    const gateway = await startPushgateway(pushgateway);
    const group = `${gateway.url}/metrics/job/flipgate`;
    await fetch(group, { method: 'PUT', body: page });
    // An empty POST makes the group look fresh and changes no value.
    await fetch(group, { method: 'POST', body: '' });
    return { beside: healthy.url, scrape: [`${gateway.url}/metrics`], servers: [healthy, gateway] };
  },
  'clock ahead': spoiled((folder) => shiftVerdict(folder, 600)),
  'clock behind': spoiled((folder) => shiftVerdict(folder, -1200)),
  'other artifact': async (store) => {
    const other = await startArm();
    other.versions = { ...versions, PROMPT_VER: 'p3' };
    const folder = await store.copy();
    await configure(folder, [store.arms[0]!, other]);
    const exporter = await startExporter(folder);
    return { ...shown(exporter), servers: [exporter, other] };
  },
  'other gold': spoiled(async (folder) => void (await writeGold(folder, 23))),
  'two series': async (store) => {
    const passing = await startExporter(await store.copy());
    const failing = await store.copy();
    await configure(failing, store.arms, { semantic_distance: { limit: 0 } });
    await judge(failing, 1);
    const second = await startExporter(failing);
    return { beside: passing.url, scrape: [metrics(passing), metrics(second)], servers: [passing, second] };
  },
  'exporter killed': async (store) => {
    const exporter = await startExporter(await store.copy());
    return { ...shown(exporter), spoil: () => exporter.close(), servers: [] };
  },
  'store corrupt': spoiled(async (folder) => {
    await cut(verdictFile(folder));
    for (const run of await runFolders(path.join(folder, 'reports'))) await cut(path.join(run, 'run.json'));
  }),
  'rule file missing': async (store) => {
    const exporter = await startExporter(await store.copy());
    return { beside: exporter.url, scrape: [metrics(exporter)], rules: false, servers: [exporter] };
  },
};
