import { ValueType, type HrTime } from '@opentelemetry/api';
import { JsonMetricsSerializer } from '@opentelemetry/otlp-transformer';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  DataPointType,
  type DataPoint,
  type MetricData,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics';
import { UserError, exitCodes } from '../../base/errors.ts';
import { catalogue } from '../series/catalogue.ts';
import { deliver, shownAddress } from '../deliver.ts';
import { otlpRefusal } from './answer.ts';
import type { Sample, Series, SeriesUnit } from '../series/series.ts';
import type { Snapshot } from '../snapshot.ts';

/** UCUM; receivers that add a suffix for it find it in the name already. */
const units: Readonly<Record<SeriesUnit, string>> = { '': '', ratio: '1', seconds: 's' };

/**
 * The series of one moment in OpenTelemetry's model, made whole each time. The SDK's instruments cannot forget a label set, and go on sending
 * what nobody measures any more: none is used.
 */
export function resourceMetricsOf(snapshot: Snapshot, now: number): ResourceMetrics {
  const metrics = catalogue.flatMap((series) => {
    const samples = series.samples(snapshot);
    return samples.length === 0 ? [] : [metricOf(series, samples, hrTime(now))];
  });
  const { version } = snapshot.build;
  return {
    resource: resourceFromAttributes({ 'service.name': 'flipgate', 'service.version': version }),
    scopeMetrics: [{ scope: { name: 'flipgate', version }, metrics }],
  };
}

function metricOf(series: Series, samples: readonly Sample[], now: HrTime): MetricData {
  const descriptor = {
    name: series.name,
    description: series.help,
    unit: units[series.unit],
    valueType: ValueType.DOUBLE,
  };
  const dataPoints: DataPoint<number>[] = samples.map(({ labels, value }) => ({
    // Not known: one of its own at every push would say that every counter began anew.
    startTime: [0, 0],
    endTime: now,
    attributes: { ...labels },
    value,
  }));
  const aggregationTemporality = AggregationTemporality.CUMULATIVE;
  return series.type === 'gauge'
    ? { descriptor, aggregationTemporality, dataPointType: DataPointType.GAUGE, dataPoints }
    : { descriptor, aggregationTemporality, dataPointType: DataPointType.SUM, dataPoints, isMonotonic: true };
}

function hrTime(milliseconds: number): HrTime {
  const seconds = Math.floor(milliseconds / 1000);
  return [seconds, Math.round((milliseconds - 1000 * seconds) * 1e6)];
}

/** Sends a moment to an OTLP receiver over HTTP, as JSON. Rejects with a `UserError` (exit 4) when not all of it arrived. */
export async function sendOtlp(
  metrics: ResourceMetrics,
  receiver: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<void> {
  const bytes = JsonMetricsSerializer.serializeRequest(metrics);
  const body = new TextDecoder().decode(bytes);
  const sent = { ...headers, 'content-type': 'application/json' };
  const problem = await deliver(receiver, { method: 'POST', body, headers: sent, refusal: otlpRefusal });
  if (problem === undefined) return;
  throw new UserError(
    `the series did not arrive at the OTLP receiver ${shownAddress(receiver)}: ${problem}`,
    {
      hint: 'the whole path is wanted, for example http://127.0.0.1:4318/v1/metrics; of Prometheus it is /api/v1/otlp/v1/metrics with --web.enable-otlp-receiver',
      exitCode: exitCodes.error,
    },
  );
}

/** Headers as OTEL_EXPORTER_OTLP_HEADERS has them: `name=value,name=value`, values URL-encoded. Throws a `UserError` (exit 2) for others. */
export function otlpHeaders(text = ''): Readonly<Record<string, string>> {
  const pairs = text.split(',').filter((pair) => pair.trim() !== '');
  return Object.fromEntries(pairs.map(headerOf));
}

function headerOf(pair: string): readonly [string, string] {
  const [, name = '', value = ''] = /^\s*([!#$%&'*+.^_`|~\w-]+)\s*=\s*(.*?)\s*$/u.exec(pair) ?? [];
  const decoded = name === '' ? undefined : decodedOrUndefined(value);
  if (decoded === undefined || /[^\t\x20-\x7E\x80-\xFF]/u.test(decoded))
    throw new UserError('OTEL_EXPORTER_OTLP_HEADERS is no list of headers', {
      hint: 'name=value,name=value, with values URL-encoded',
    });
  return [name.toLowerCase(), decoded];
}

function decodedOrUndefined(value: string): string | undefined {
  try {
    return decodeURIComponent(value);
  } catch {
    return undefined;
  }
}
