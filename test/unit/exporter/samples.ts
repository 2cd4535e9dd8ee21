import { openMetricsType, registryOf, textType } from '../../../src/exporter/prometheus.ts';
import type { Snapshot } from '../../../src/exporter/snapshot.ts';

export const textOf = (snapshot: Snapshot): Promise<string> =>
  registryOf(snapshot, { type: textType }).metrics();
export const openMetricsOf = (snapshot: Snapshot): Promise<string> =>
  registryOf(snapshot, { type: openMetricsType }).metrics();

/** The lines of a page that are samples. */
export function sampleLines(page: string): readonly string[] {
  return page.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

/** The values of a page by series with labels, as written. */
export async function samplesOf(snapshot: Snapshot): Promise<Readonly<Record<string, string>>> {
  const pairs = sampleLines(await textOf(snapshot)).map((line) => [
    line.slice(0, line.lastIndexOf(' ')),
    line.slice(line.lastIndexOf(' ') + 1),
  ]);
  return Object.fromEntries(pairs) as Record<string, string>;
}
