import {
  BigValueColorMode,
  BigValueGraphMode,
  BigValueTextMode,
} from '@grafana/grafana-foundation-sdk/common';
import {
  MappingType,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  type Threshold,
  type ValueMapping,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder, PromQueryFormat } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as Stat } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as StateTimeline } from '@grafana/grafana-foundation-sdk/statetimeline';
import { PanelBuilder as Table } from '@grafana/grafana-foundation-sdk/table';
import { PanelBuilder as TimeSeries } from '@grafana/grafana-foundation-sdk/timeseries';
import { series, within } from './promql.ts';
import { datasource } from './provisioning.ts';
import { maxAge, maxReportAge } from './settings.ts';

export type Panel = Stat | StateTimeline | Table | TimeSeries;

/** Legends and their queries. */
export type Queries = Readonly<Record<string, string>>;

export interface Drawn {
  readonly title: string;
  readonly description: string;
  /** Shown in place of a value where there is none: never left to the default. */
  readonly noValue: string;
  readonly unit?: string;
  readonly width?: number;
  readonly height?: number;
  readonly steps?: readonly Threshold[];
  readonly mappings?: readonly ValueMapping[];
}

export const colours = { good: 'green', hold: 'yellow', bad: 'red', plain: 'blue', none: 'text' } as const;

export const mapped = (values: Readonly<Record<string, readonly [string, string]>>): ValueMapping => ({
  type: MappingType.ValueToText,
  options: Object.fromEntries(
    Object.entries(values).map(([value, [text, color]], index) => [value, { text, color, index }]),
  ),
});

export const verdictMapping = mapped({
  '1': ['pass', colours.good],
  '0': ['inconclusive', colours.hold],
  '-1': ['fail or error', colours.bad],
});
export const holdsMapping = mapped({ '1': ['yes', colours.good], '0': ['NO', colours.bad] });

/** Green below the value, red from it on; the other way round from `good` on. */
export const badFrom = (value: number): readonly Threshold[] => [
  { value: null, color: colours.good },
  { value, color: colours.bad },
];

const thresholds = (
  steps: readonly Threshold[] = [{ value: null, color: colours.plain }],
): ThresholdsConfigBuilder => new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps([...steps]);

function queries(of: Queries, how: 'instant' | 'range' | 'table'): DataqueryBuilder[] {
  return Object.entries(of).map(([legend, expr], index) => {
    const query = new DataqueryBuilder()
      .refId(String.fromCodePoint(65 + index))
      .datasource(datasource)
      .expr(expr)
      .legendFormat(legend);
    if (how === 'range') return query.range();
    return how === 'table' ? query.instant().format(PromQueryFormat.Table) : query.instant();
  });
}

function framed<Builder extends Panel>(
  panel: Builder,
  { title, description, noValue, ...drawn }: Drawn,
): Builder {
  panel
    .title(title)
    .description(description)
    .noValue(noValue)
    .datasource(datasource)
    .span(drawn.width ?? 12)
    .height(drawn.height ?? 8)
    .thresholds(thresholds(drawn.steps));
  if (drawn.unit !== undefined) panel.unit(drawn.unit);
  if (drawn.mappings !== undefined) panel.mappings([...drawn.mappings]);
  return panel;
}

/** The value of now, in large; no line behind it that would show what it was. */
export function stat(drawn: Drawn, of: Queries): Stat {
  return framed(new Stat(), { width: 6, height: 5, ...drawn })
    .colorMode(BigValueColorMode.Background)
    .graphMode(BigValueGraphMode.None)
    .textMode(Object.keys(of).length > 1 ? BigValueTextMode.ValueAndName : BigValueTextMode.Auto)
    .targets(queries(of, 'instant'));
}

/** Lines over time; a gap stays a gap. */
export function lines(drawn: Drawn, of: Queries): TimeSeries {
  return framed(new TimeSeries(), drawn).spanNulls(false).lineWidth(2).targets(queries(of, 'range'));
}

/** Two lines with what is between them filled, by their legends. */
export function band(panel: TimeSeries, upper: string, lower: string): TimeSeries {
  return panel.overrideByName(upper, [
    { id: 'custom.fillBelowTo', value: lower },
    { id: 'custom.fillOpacity', value: 15 },
  ]);
}

/** A limit, dashed, in the colour of what is beyond it. */
export function limitLine(panel: TimeSeries, legend: string): TimeSeries {
  return panel.overrideByName(legend, [
    { id: 'custom.lineStyle', value: { fill: 'dash', dash: [8, 8] } },
    { id: 'color', value: { mode: 'fixed', fixedColor: colours.bad } },
  ]);
}

export function timeline(drawn: Drawn, of: Queries): StateTimeline {
  return framed(new StateTimeline(), drawn).targets(queries(of, 'range'));
}

/** Labels and values side by side, one line per series. */
export function table(drawn: Drawn, of: Queries): Table {
  const hidden = { Time: true, __name__: true, instance: true, job: true };
  const renamed = Object.fromEntries(
    Object.keys(of).map((legend, index) => [
      Object.keys(of).length === 1 ? 'Value' : `Value #${String.fromCodePoint(65 + index)}`,
      legend,
    ]),
  );
  return framed(new Table(), drawn)
    .targets(queries(of, 'table'))
    .withTransformation({ id: 'merge', options: {} })
    .withTransformation({ id: 'organize', options: { excludeByName: hidden, renameByName: renamed } });
}

/** What is said of an arm, while what it rests on is fresh: a stale value is no value. */
function whileArm(expression: string, timestamp: string, seconds: number): string {
  return [expression, ...within(series(timestamp), seconds)].join('\nand on (arm) ');
}

export const whileFresh = (expression: string): string =>
  whileArm(expression, 'flipgate_run_last_success_timestamp_seconds', maxAge.acceptance);
export const whileEnded = (expression: string): string =>
  whileArm(expression, 'flipgate_run_last_completion_timestamp_seconds', maxAge.acceptance);
export const whileReported = (expression: string): string =>
  whileArm(expression, 'flipgate_arm_seen_timestamp_seconds', maxReportAge);

/** What is said of a gate, while its evidence is fresh. */
export function whileJudged(expression: string, gate: keyof typeof maxAge): string {
  return [
    expression,
    ...within(series('flipgate_gate_evaluated_timestamp_seconds', { gate }), maxAge[gate]),
  ].join('\nand on (gate, arm) ');
}
