/** What the generated files say of a deployment: the one place to change before `npm run grafana`. */
export const arms = { candidate: 'green', baseline: 'blue' } as const;

/** Where people read the docs: runbooks are anchors on its page `alerts.md`. */
export const docsBase = 'https://github.com/OWNER/flipgate/blob/main/docs';

export const exporter = {
  job: 'flipgate',
  address: '127.0.0.1:9464',
  scrapeInterval: '5s',
  scrapeTimeout: '4s',
} as const;
export const alertmanager = '127.0.0.1:9093';
/** Holds the bearer token of the one call that acts. */
export const tokenFile = '/etc/flipgate/alertmanager.token';

/** How old evidence may be, in seconds, per gate. */
export const maxAge = { acceptance: 900, watch: 120 } as const;
export type GateName = keyof typeof maxAge;
/** How far a clock may be ahead, and how old an arm's own report may be, in seconds. */
export const clockSkew = 30;
export const maxReportAge = 60;
/** A verdict that nobody renewed for so long belongs to a switchover that is over: no alert about its age. */
export const history = 86_400;
/** How far back the last word of a vanished exporter counts. */
export const lastWord = '15m';
