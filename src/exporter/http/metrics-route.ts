import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { Hono } from 'hono';
import type { RegistryContentType } from 'prom-client';
import { accepts } from 'hono/accepts';
import type { StageHistogram } from '../live-calls.ts';
import { openMetricsType, registryOf, textType } from '../prometheus.ts';
import type { Snapshot } from '../snapshot.ts';
import type { ExportSource } from '../source.ts';

const compress = promisify(gzip);

/** `GET /metrics`: the series of this moment as text or OpenMetrics, as the scraper asks. */
export function metricsRoute(source: ExportSource, live: StageHistogram): Hono {
  const page = (snapshot: Snapshot, isOpen: boolean): Promise<string> =>
    registryOf<RegistryContentType>(snapshot, { type: isOpen ? openMetricsType : textType, live }).metrics();
  return new Hono().get('/metrics', async (c) => {
    const isOpen = wantsOpenMetrics(c.req.header('accept'));
    const body = await page(source.snapshot(), isOpen);
    c.header('content-type', isOpen ? openMetricsType : textType);
    c.header('vary', 'accept, accept-encoding');
    const encoding = accepts(c, {
      header: 'Accept-Encoding',
      supports: ['gzip', 'identity'],
      default: 'identity',
    });
    if (encoding !== 'gzip') return c.body(body);
    c.header('content-encoding', 'gzip');
    return c.body(new Uint8Array(await compress(body)));
  });
}

/** OpenMetrics for who names it, unless it likes text more. */
function wantsOpenMetrics(header = ''): boolean {
  const weight = (type: string): number => {
    const ranges = header
      .split(',')
      .map((range) => range.split(';').map((part) => part.trim().toLowerCase()));
    const weights = ranges
      .filter(([name]) => name === type)
      .map((parts) => Number(parts.find((part) => part.startsWith('q='))?.slice('q='.length) ?? 1));
    return Math.max(0, ...weights.filter(Number.isFinite));
  };
  const open = weight('application/openmetrics-text');
  return open > 0 && open >= weight('text/plain');
}
