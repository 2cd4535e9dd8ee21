import { catalogue, stageDuration } from '../../src/exporter/series/catalogue.ts';

const code = (text: string): string => `\`${text}\``;
const cell = (text: string): string => text.replaceAll('|', '\\|');

/** `docs/series.md`: every series that flipgate exports, from the list that the exporters go by. */
export function seriesPage(): string {
  const rows = [...catalogue, stageDuration].map(({ name, type, labels, unit, help, source }) =>
    [code(name), type, labels.map(code).join(', '), unit === '' ? '–' : unit, cell(help), cell(source)].join(
      ' | ',
    ),
  );
  return `# Series

Made by \`npm run grafana\` from \`src/exporter/series/catalogue.ts\`. What was not measured is not exported: a missing series is not 0. Times are seconds
since 1970, of the evidence and not of the scrape: after a restart they keep ageing.

| series | type | labels | unit | meaning | from |
| --- | --- | --- | --- | --- | --- |
${rows.map((row) => `| ${row} |`).join('\n')}

Buckets of ${code(stageDuration.name)}, in seconds: ${stageDuration.buckets.join(', ')}.

The rules in \`grafana/prometheus/flipgate.rules.yml\` add \`flipgate:gate_decision:acceptance\` and \`flipgate:gate_decision:watch\` (1 pass,
0 inconclusive, -1 everything else; never absent, never two; without labels) and \`flipgate:gate_raw:acceptance\` (1 or 0).
`;
}
