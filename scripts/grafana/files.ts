import { alertmanagerFile, prometheusFile } from './configuration.ts';
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
    'docs/series.md': seriesPage(),
  };
}
