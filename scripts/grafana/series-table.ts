import { catalogue, stageDuration } from '../../src/telemetry/catalogue.ts';

const head = `# Series

Made by \`npm run grafana\` from the catalogue in the code. Prefix \`flipgate_\`, base units, ratios from 0 to 1 (a semantic distance can be up
to 2). What was not measured is not exported: there is no 0 and no NaN in its place. A run is the newest one that ended, where it is complete.

| series | type | labels | what it says | from |
|---|---|---|---|---|
`;

/** The table of every series, for \`docs/series.md\`. */
export function seriesPage(): string {
  const rows = [...catalogue, stageDuration].map(
    ({ name, type, labels, help, source }) =>
      `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(', ')} | ${help.replaceAll('|', '\\|')} | ${source.replaceAll('|', '\\|')} |\n`,
  );
  return head + rows.join('');
}
