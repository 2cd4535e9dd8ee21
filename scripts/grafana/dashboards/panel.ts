import * as common from '@grafana/grafana-foundation-sdk/common';
import * as dashboard from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as SeriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';

/** The data source that is provisioned beside the dashboards. */
export const dataSource = { type: 'prometheus', uid: 'flipgate-prometheus' } as const;

/** What a panel shows, before it is drawn. */
export interface Panel {
  readonly title: string;
  readonly description: string;
  readonly kind: 'stat' | 'series';
  readonly queries: readonly Query[];
  readonly unit?: string;
  /** How what is not there is shown; `no data` by default. */
  readonly noValue?: string;
  /** Texts and colours of single values. */
  readonly values?: Readonly<Record<string, readonly [text: string, color: string]>>;
  /** Where the colour turns, from green on. */
  readonly steps?: readonly (readonly [from: number, color: string])[];
  /** Of 24 columns. */
  readonly width: number;
  /** Why it has nothing to show on a healthy store that was never flipped. */
  readonly emptyBecause?: string;
}

export interface Query {
  readonly expr: string;
  readonly legend?: string;
}

export interface Board {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly panels: readonly Panel[];
}

/* oxlint-disable typescript/no-deprecated -- the schema that replaces it is read by Grafana 12 and newer only, this one by all */
/** A dashboard as Grafana's files have it. */
export function drawn(board: Board): dashboard.Dashboard {
  const builder = new dashboard.DashboardBuilder(board.title)
    .uid(board.uid)
    .description(board.description)
    .tags(['flipgate'])
    .refresh('10s')
    .time({ from: 'now-6h', to: 'now' })
    .timezone('browser')
    .readonly();
  for (const panel of board.panels) builder.withPanel(panel.kind === 'stat' ? stat(panel) : timeSeries(panel));
  return builder.build();
}
/* oxlint-enable typescript/no-deprecated */

function stat(panel: Panel): StatBuilder {
  const builder = new StatBuilder().colorMode(common.BigValueColorMode.Background).graphMode(common.BigValueGraphMode.None);
  builder.reduceOptions(new common.ReduceDataOptionsBuilder().calcs(['lastNotNull']));
  for (const query of panel.queries) builder.withTarget(target(query, panel).instant());
  builder.height(4).noValue(panel.noValue ?? 'no data').mappings(mappings(panel));
  return finish(builder, panel);
}

function timeSeries(panel: Panel): SeriesBuilder {
  const builder = new SeriesBuilder().lineWidth(2).fillOpacity(5).showPoints(common.VisibilityMode.Auto);
  // A gap in the evidence is a gap in the line.
  builder.spanNulls(false).height(8).noValue(panel.noValue ?? 'no data');
  for (const query of panel.queries) builder.withTarget(target(query, panel).range());
  return finish(builder, panel);
}

/** What both kinds of panel have. */
function finish<Builder extends StatBuilder | SeriesBuilder>(builder: Builder, panel: Panel): Builder {
  builder.title(panel.title).description(panel.description).datasource(dataSource).span(panel.width);
  if (panel.unit !== undefined) builder.unit(panel.unit);
  const steps = [[null, 'green'] as const, ...(panel.steps ?? [])].map(([value, color]) => ({ value, color }));
  if (panel.steps !== undefined)
    builder.thresholds(new dashboard.ThresholdsConfigBuilder().mode(dashboard.ThresholdsMode.Absolute).steps(steps));
  return builder;
}

function target({ expr, legend }: Query, { queries }: Panel): DataqueryBuilder {
  const place = queries.findIndex((query) => query.expr === expr);
  return new DataqueryBuilder()
    .refId(String.fromCodePoint(65 + place))
    .expr(expr)
    .datasource(dataSource)
    .legendFormat(legend ?? '');
}

function mappings({ values = {}, noValue = 'no data' }: Panel): dashboard.ValueMapping[] {
  const options: Record<string, dashboard.ValueMappingResult> = {};
  for (const [index, [value, [text, color]]] of Object.entries(values).entries()) options[value] = { text, color, index };
  const missing = { type: dashboard.MappingType.SpecialValue, options: { match: dashboard.SpecialValueMatch.NullAndNan, result: { text: noValue, color: 'red' } } };
  return Object.keys(options).length === 0 ? [missing] as dashboard.ValueMapping[] : ([{ type: dashboard.MappingType.ValueToText, options }, missing] as dashboard.ValueMapping[]);
}
