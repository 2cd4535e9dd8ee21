import { existsSync } from 'node:fs';
import type { BenchRow } from './row.ts';

/** Every exported function of these files is one measurement that returns rows; they run one after another. */
const benches = [
  'embeddings',
  'latency',
  'throughput',
  'scale',
  'scoring',
  'startup',
  'judging',
  'gates',
  'demos',
  'report',
  'exporter',
];

process.exitCode = await main(process.argv[2]);

/** Runs the benches whose names contain `filter`, prints one table; 1 when a bar is missed, 2 when nothing was measured. */
async function main(filter = ''): Promise<number> {
  const chosen = benches.filter((name) => name.includes(filter) && existsSync(fileOf(name)));
  const rows: BenchRow[] = [];
  for (const name of chosen) {
    process.stderr.write(`bench ${name} …\n`);
    const measured = await measure(name);
    rows.push(...measured.map((row) => ({ ...row, name: `${name}: ${row.name}` })));
  }
  if (rows.length === 0) {
    process.stderr.write(`nothing measured: no bench matches "${filter}"\nhint: ${benches.join(', ')}\n`);
    return 2;
  }
  process.stdout.write(table(rows));
  return rows.some((row) => row.ok === false) ? 1 : 0;
}

function fileOf(name: string): URL {
  return new URL(`./${name}.ts`, import.meta.url);
}

async function measure(name: string): Promise<readonly BenchRow[]> {
  // The module is found by name at run time, so its type is what every bench file promises.
  const module = (await import(fileOf(name).href)) as Readonly<Record<string, unknown>>;
  const rows: BenchRow[] = [];
  for (const bench of Object.values(module)) {
    if (typeof bench === 'function') rows.push(...((await bench()) as readonly BenchRow[]));
  }
  return rows.length > 0 ? rows : [{ name: 'no rows', value: 'none', bar: 'at least one', ok: false }];
}

function table(rows: readonly BenchRow[]): string {
  const lines = [
    ['what', 'measured', 'bar', '', ''],
    ...rows.map((row) => [
      row.name,
      row.value,
      row.bar,
      row.ok === undefined ? '' : row.ok ? 'ok' : 'MISSED',
      row.note ?? '',
    ]),
  ];
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  return lines
    .map(
      (line) =>
        `${line
          .map((cell, column) => cell.padEnd(widths[column]!))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}
