import { DashboardBuilder } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Panel } from '../panels.ts';

export interface Page {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly panels: readonly Panel[];
}

/** As JSON. The classic schema: every Grafana since 10 loads it from a file, the newer one does not load everywhere. */
export function dashboardJson({ name, title, description, panels }: Page): string {
  // oxlint-disable-next-line typescript/no-deprecated -- the schema above has no other builder
  const builder = new DashboardBuilder(`Flipgate: ${title}`)
    .uid(`flipgate-${name}`)
    .description(description)
    .tags(['flipgate'])
    .readonly()
    .refresh('10s')
    .time({ from: 'now-1h', to: 'now' })
    .timezone('utc');
  const built = panels.reduce((sofar, panel, index) => sofar.withPanel(panel.id(index + 1)), builder).build();
  return `${JSON.stringify(built, null, 2)}\n`;
}
