import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { rollbackPrograms, type RollbackPrograms } from './rollback-programs.ts';
import { serving, type Answer, type Serving } from './serving.ts';
import { emptyStore, writeRun } from './store-files.ts';

export const token = 'a-token-of-more-than-16-characters';
export const bearer = { authorization: `Bearer ${token}` };

/** A store with a run, and a server beside it that rolls back by programs of files. */
export interface AlertSite extends RollbackPrograms {
  readonly folder: string;
  /** With so many descriptors where that is said. */
  start(descriptors?: number): Promise<Serving>;
}

export async function alertSite(command?: string): Promise<AlertSite> {
  const folder = await emptyStore();
  const programs = rollbackPrograms(folder, command);
  const { settings } = programs;
  await writeFile(
    path.join(folder, 'flipgate.yaml'),
    JSON.stringify({ rollback: settings, serve: { token: '${ACT_TOKEN}' } }),
  );
  await writeRun(path.join(folder, 'reports'));
  return {
    ...programs,
    folder,
    start: (descriptors) =>
      serving(folder, [], {
        ACT_TOKEN: token,
        ...(descriptors === undefined ? {} : { TEST_DESCRIPTORS: String(descriptors) }),
      }),
  };
}

export const secondsAgo = (seconds: number): string => new Date(Date.now() - 1000 * seconds).toISOString();

export function firing(more: object = {}, labels: object = {}): object {
  return {
    status: 'firing',
    labels: { alertname: 'FlipgateBreach', action: 'rollback', arm: 'green', ...labels },
    annotations: { summary: 'coverage 0.5' },
    startsAt: secondsAgo(60),
    endsAt: '0001-01-01T00:00:00Z',
    generatorURL: 'http://prometheus/graph',
    fingerprint: '0f1e2d3c4b5a6978',
    ...more,
  };
}

/** What Alertmanager 0.2x sends. */
export function delivery(...alerts: readonly object[]): object {
  const group = {
    groupKey: '{}:{}',
    truncatedAlerts: 0,
    status: 'firing',
    receiver: 'flipgate',
    groupLabels: {},
    commonLabels: {},
  };
  return { version: '4', ...group, commonAnnotations: {}, externalURL: 'http://alertmanager', alerts };
}

export const sendAlerts = (
  server: Serving,
  what: string | object,
  headers: Readonly<Record<string, string>> = bearer,
): Promise<Answer> => server.post('/v1/alertmanager', what, headers);
