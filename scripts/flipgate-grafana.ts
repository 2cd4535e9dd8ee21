// The program `flipgate-grafana` of the package: rules, Alertmanager's configuration, dashboards and provisioning for somebody's own settings.
import { parseArgs } from 'node:util';

const usage = `Usage: flipgate-grafana --out FOLDER [--settings FILE]

Writes Prometheus rules, Alertmanager's configuration, Grafana dashboards and provisioning into FOLDER.
FILE is YAML or JSON; what may stand in it is in docs/alerts.md. Without it the files are those that ship.
`;

async function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { out: { type: 'string' }, settings: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help === true) return void process.stdout.write(usage);
  if (values.out === undefined) throw new Error(`--out is missing\n\n${usage}`);
  // The settings are read where they are declared, when the modules that use them load: only then.
  if (values.settings !== undefined) process.env['FLIPGATE_GRAFANA_SETTINGS'] = values.settings;
  const { deployedFiles } = await import('./grafana/files.ts');
  const { writeFiles } = await import('./grafana/write-files.ts');
  const { untold } = await import('./grafana/configuration.ts');
  const files = deployedFiles();
  writeFiles(values.out, files);
  process.stdout.write(`${Object.keys(files).length} files written to ${values.out}\n`);
  if (untold.length > 0)
    process.stderr.write(
      `warning: nobody is told about alerts: Alertmanager's ${untold.join(' and ')} have no address; fill them in, or set receivers\n`,
    );
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`flipgate-grafana: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 2;
});
