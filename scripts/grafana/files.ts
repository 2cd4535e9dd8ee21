import { alertmanagerFile, prometheusFile } from './configuration.ts';
import { boards } from './dashboards/boards.ts';
import { drawn } from './dashboards/panel.ts';
import { alertRulesFile, contactPointsFile, dashboardProviderFile, dataSourceFile, policiesFile } from './provisioning.ts';
import { ruleFile } from './rule-file.ts';
import { ruleTests } from './rule-tests.ts';
import { seriesPage } from './series-table.ts';

/** Every generated file by its path in the repository. */
export function generatedFiles(): Readonly<Record<string, string>> {
  const tests = Object.entries(ruleTests()).map(([name, text]) => [`grafana/prometheus/tests/${name}`, text]);
  return {
    'grafana/prometheus/flipgate.rules.yml': ruleFile(),
    'grafana/prometheus/prometheus.yml': prometheusFile(),
    'grafana/alertmanager/alertmanager.yml': alertmanagerFile(),
    ...Object.fromEntries(tests),
    ...Object.fromEntries(boards.map((board) => [`grafana/dashboards/${board.uid}.json`, `${JSON.stringify(drawn(board), undefined, 2)}\n`])),
    'grafana/provisioning/datasources/flipgate.yaml': dataSourceFile(),
    'grafana/provisioning/dashboards/flipgate.yaml': dashboardProviderFile(),
    'grafana/provisioning/alerting/rules.yaml': alertRulesFile(),
    'grafana/provisioning/alerting/contact-points.yaml': contactPointsFile(),
    'grafana/provisioning/alerting/policies.yaml': policiesFile(),
    'docs/series.md': seriesPage(),
  };
}
