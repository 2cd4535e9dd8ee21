import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import * as z from 'zod';

const address = z.string().regex(/^[^\s/]+:\d+$/u, 'is not host:port');
const duration = z.string().regex(/^\d+(ms|s|m)$/u, 'is not a duration like 5s');
const seconds = z.int().min(1);

/** What the generated files say of a deployment. No arm is named: rules and panels go by the roles that the exporter reports. */
const settingsSchema = z.strictObject({
  exporter: z
    .strictObject({
      job: z.string().min(1).default('flipgate'),
      address: address.default('127.0.0.1:9464'),
      scrapeInterval: duration.default('5s'),
      scrapeTimeout: duration.default('4s'),
    })
    .prefault({}),
  alertmanager: address.default('127.0.0.1:9093'),
  /** Holds the bearer token of the one call that acts. */
  tokenFile: z.string().min(1).default('/etc/flipgate/alertmanager.token'),
  /** Webhooks of Alertmanager's receivers `people` and `dead-mans-switch`; without one a receiver drops what it gets. */
  receivers: z.strictObject({ people: z.url().optional(), deadMansSwitch: z.url().optional() }).prefault({}),
  /** Where people read `docs/`: runbooks are anchors on its page `alerts.md`. Without it they are named by their file. */
  docs: z.url().optional(),
  /** How old evidence may be, in seconds, per gate. */
  maxAge: z.strictObject({ acceptance: seconds.default(900), watch: seconds.default(120) }).prefault({}),
  /** How far a clock may be ahead, and how old an arm's own report may be, in seconds. */
  clockSkew: seconds.default(30),
  maxReportAge: seconds.default(60),
});

function readSettings(file: string | undefined): z.infer<typeof settingsSchema> {
  const found = settingsSchema.safeParse(file === undefined ? {} : (parse(readFileSync(file, 'utf8')) ?? {}));
  if (found.success) return found.data;
  throw new Error(
    `the settings in "${file ?? ''}" are not what they can be\n${z.prettifyError(found.error)}`,
  );
}

export const { exporter, alertmanager, tokenFile, receivers, docs, maxAge, clockSkew, maxReportAge } =
  readSettings(process.env['FLIPGATE_GRAFANA_SETTINGS']);
export type GateName = keyof typeof maxAge;

/** A verdict that nobody renewed for so many seconds belongs to a switchover that is over: no alert about its age. */
export const history = 86_400;
/** How far back the last word of a vanished exporter counts, in seconds. */
export const lastWord = 900;
