import { ValueType, type HrTime } from '@opentelemetry/api';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { AggregationTemporality, DataPointType, type DataPoint, type MetricData, type ResourceMetrics } from '@opentelemetry/sdk-metrics';
import { UserError, exitCodes, messageOf } from '../base/errors.ts';
import { withCredentials } from '../base/credentials.ts';
import { catalogue } from './catalogue.ts';
import type { Sample, Series, SeriesUnit } from './series.ts';
import type { Snapshot } from './snapshot.ts';

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
  const descriptor = { name: series.name, description: series.help, unit: units[series.unit], valueType: ValueType.DOUBLE };
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

/** Sends a moment to an OTLP receiver over HTTP, with the exporter's own retries. Rejects with a `UserError` (exit 4) when it did not arrive. */
export async function sendOtlp(metrics: ResourceMetrics, receiver: string): Promise<void> {
  const { url, headers } = withCredentials(receiver);
  const exporter = new OTLPMetricExporter({ url, headers, timeoutMillis: 20_000, keepAlive: false });
  try {
    await new Promise<void>((resolve, reject) => {
      // 0 is success; anything else carries an error
      exporter.export(metrics, ({ code, error }) => (code === 0 ? resolve() : reject(error ?? new Error('it was not taken'))));
    });
  } catch (error) {
    throw new UserError(`the series did not arrive at "${url}": ${messageOf(error)}`, {
      hint: 'the whole path is wanted, for example http://127.0.0.1:4318/v1/metrics',
      exitCode: exitCodes.error,
    });
  } finally {
    await exporter.shutdown();
  }
}
