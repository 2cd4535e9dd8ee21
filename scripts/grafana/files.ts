import { alertmanagerFile, prometheusFile } from './configuration.ts';
import { dashboardFiles } from './dashboards/all.ts';
import { provisioningFiles } from './provisioning.ts';
import { ruleFile } from './rule-file.ts';
import { ruleTests } from './rule-tests.ts';
import { seriesPage } from './series-table.ts';

const under = (folder: string, files: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(files).map(([name, text]) => [`${folder}/${name}`, text]));

/** Everything that is generated, by its path in the repository. */
export function generatedFiles(): Readonly<Record<string, string>> {
  return {
    'grafana/prometheus/flipgate.rules.yml': ruleFile(),
    'grafana/prometheus/prometheus.yml': prometheusFile(),
    ...under('grafana/prometheus/tests', ruleTests()),
    'grafana/alertmanager/alertmanager.yml': alertmanagerFile(),
    ...under('grafana/dashboards', dashboardFiles()),
    ...under('grafana/provisioning', provisioningFiles()),
    'docs/series.md': seriesPage(),
  };
}
