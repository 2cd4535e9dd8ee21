import { Counter, Gauge, Registry, type RegistryContentType } from 'prom-client';
import { catalogue } from './series/catalogue.ts';
import type { StageHistogram } from './live-calls.ts';
import type { Sample, Series } from './series/series.ts';
import type { Snapshot } from './snapshot.ts';

export const textType = Registry.PROMETHEUS_CONTENT_TYPE;
export const openMetricsType = Registry.OPENMETRICS_CONTENT_TYPE;

export interface RegistryOptions<Type extends RegistryContentType> {
  readonly type: Type;
  /** Calls as they are answered. */
  readonly live?: StageHistogram;
  /** The samples that are wanted; all by default. */
  readonly only?: (sample: Sample) => boolean;
}

/** The series of one moment, in a registry of its own: what is not in the snapshot is not in it. Throws when a value cannot be had. */
export function registryOf<Type extends RegistryContentType>(
  snapshot: Snapshot,
  options: RegistryOptions<Type>,
): Registry<Type> {
  const registry = new Registry<Type>();
  registry.setContentType(options.type);
  for (const series of catalogue) {
    const samples = series.samples(snapshot).filter(options.only ?? (() => true));
    if (samples.length > 0) register(series, samples, registry);
  }
  if (options.live !== undefined) registry.registerMetric(options.live);
  return registry;
}

function register(
  { name, help, labels, type }: Series,
  samples: readonly Sample[],
  registry: Registry<RegistryContentType>,
): void {
  const settings = { name, help, labelNames: [...labels], registers: [] };
  if (type === 'gauge') {
    const gauge = new Gauge(settings);
    for (const sample of samples) gauge.set(sample.labels, sample.value);
    registry.registerMetric(gauge);
  } else {
    const counter = new Counter(settings);
    for (const sample of samples) counter.inc(sample.labels, sample.value);
    registry.registerMetric(counter);
  }
}
