import { acceptance } from './acceptance.ts';
import { armsPage } from './arms.ts';
import { dashboardJson, type Page } from './dashboard.ts';
import { harness } from './harness.ts';
import { latencyPage } from './latency.ts';
import { watch } from './watch.ts';

export const pages: readonly Page[] = [acceptance, armsPage, watch, latencyPage, harness];

/** One query of a panel of a dashboard. */
export interface PanelQuery {
  readonly dashboard: string;
  readonly panel: string;
  readonly legend: string;
  readonly expr: string;
}

/** Every query of every panel, as Grafana would send it. */
export function panelQueries(of: readonly Page[] = pages): readonly PanelQuery[] {
  return of.flatMap(({ name, panels }) =>
    panels.flatMap((panel) => {
      const { title = '', targets = [] } = panel.build();
      return targets.map((target) => {
        const { expr, legendFormat } = target as unknown as {
          readonly expr: string;
          readonly legendFormat: string;
        };
        return { dashboard: name, panel: title, legend: legendFormat, expr };
      });
    }),
  );
}

/** Files by their name under `grafana/dashboards`. */
export function dashboardFiles(): Readonly<Record<string, string>> {
  return Object.fromEntries(pages.map((page) => [`${page.name}.json`, dashboardJson(page)]));
}
