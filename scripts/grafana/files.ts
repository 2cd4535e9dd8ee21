import { alertmanagerFile, prometheusFile } from './configuration.ts';
import { dashboardFiles } from './dashboards/all.ts';
import { provisioningFiles } from './provisioning.ts';
import { ruleFile } from './rule-file.ts';

export type Files = Readonly<Record<string, string>>;

export const under = (folder: string, files: Files): Files =>
  Object.fromEntries(Object.entries(files).map(([name, text]) => [`${folder}/${name}`, text]));

/** What a deployment needs, by its path in a folder of its choice. */
export function deployedFiles(): Files {
  return {
    'prometheus/flipgate.rules.yml': ruleFile(),
    'prometheus/prometheus.yml': prometheusFile(),
    'alertmanager/alertmanager.yml': alertmanagerFile(),
    ...under('dashboards', dashboardFiles()),
    ...under('provisioning', provisioningFiles()),
  };
}
