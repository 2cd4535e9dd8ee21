import { deployedFiles, under, type Files } from './files.ts';
import { ruleTests } from './rule-tests.ts';
import { seriesPage } from './series-table.ts';

/** Everything that is generated in this repository, by its path. */
export function committedFiles(): Files {
  return {
    ...under('grafana', deployedFiles()),
    ...under('grafana/prometheus/tests', ruleTests()),
    'docs/series.md': seriesPage(),
  };
}
