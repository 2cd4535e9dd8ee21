import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { sealed } from '../../src/base/integrity/sealed.ts';
import { openRollbackLog } from '../../src/store/documents/rollback.ts';
import { flipgate, json, runFolders } from './cli.ts';
import { healthyStore, verdictFile, type HealthyStore } from './conformance/store.ts';
import { rollbackLines } from './store-files.ts';

/** A folder in which everything that can be exported was measured: both arms, both gates, a drill, a rollback. */
export interface WholeStore {
  readonly folder: string;
  readonly store: string;
  readonly arms: HealthyStore['arms'];
  close(): Promise<void>;
}

export async function wholeStore(): Promise<WholeStore> {
  const healthy = await healthyStore();
  const folder = await healthy.copy();
  // Whatever it says of latencies on a busy machine: every rule of it is exported.
  await flipgate(folder, ['gate', 'watch']);
  const store = path.join(folder, 'reports');
  const log = openRollbackLog(store, Date.now);
  for (const event of rollbackLines({ artifact: 'e'.repeat(64) })) await log.add(event);
  return { folder, store, arms: healthy.arms, close: () => healthy.close() };
}

/** The run of Green as one in which coverage could not be measured. */
export async function forgetCoverage({ store }: WholeStore): Promise<void> {
  const run = (await runFolders(store)).find((name) => name.includes('-green-')) ?? '';
  const { summary, integrity: _old, ...record } = await json(path.join(run, 'run.json'));
  const { coverage: _coverage, ...rest } = summary as Record<string, unknown>;
  await writeFile(path.join(run, 'run.json'), JSON.stringify(sealed({ ...record, summary: rest })));
}

/** A rule that is in the acceptance verdict no more. */
export async function forgetRule({ folder }: WholeStore, rule: string): Promise<void> {
  const { integrity: _old, ...verdict } = await json(verdictFile(folder));
  const rules = (verdict['rules'] as readonly { rule: string }[]).filter((one) => one.rule !== rule);
  await writeFile(verdictFile(folder), JSON.stringify(sealed({ ...verdict, rules })));
}

/** Blue is in the store and the configuration no more, and neither is the watch gate. */
export async function forgetBlue({ folder, store }: WholeStore): Promise<void> {
  for (const run of await runFolders(store)) if (run.includes('-blue-')) await rm(run, { recursive: true });
  await rm(path.join(store, 'comparisons'), { recursive: true, force: true });
  await rm(path.join(store, 'verdicts/watch.green.json'));
  const file = path.join(folder, 'flipgate.yaml');
  const { arms, ...rest } = JSON.parse(await readFile(file, 'utf8')) as { arms: { green: object } };
  await writeFile(file, JSON.stringify({ ...rest, arms: { green: arms.green } }));
}
