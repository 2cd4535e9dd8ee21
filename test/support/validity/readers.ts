import { cp, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Finished } from '../cli.ts';
import type { Commands } from './commands.ts';
import type { Kit } from './kit.ts';

/** Which verdict is asked for. */
export interface About {
  readonly gate: string;
  readonly arm: string;
}

export const readers = [
  'GET /v1/gates',
  'POST /v1/flagger',
  '/metrics',
  'push --textfile',
  'report --format json',
  'report --format markdown',
  'report --format junit',
  'report --format csv',
  'report --format html',
  'compare',
  'page of the comparison',
  'page of the run',
  'page of the run after runs score',
  'page of the comparison after runs score',
  'gate',
] as const;
export type Reader = (typeof readers)[number];

/** What readers said: `pass`, or what else. */
export type Said = Partial<Record<Reader, string>>;

export interface Asked {
  readonly folder: string;
  readonly url: string;
  readonly about: About;
  readonly kit: Kit;
  readonly commands: Commands;
  /** By how many milliseconds the clock of those is who are asked. */
  readonly ahead: number;
}

type AskedServer = Pick<Asked, 'url' | 'about'>;

export async function verdictAt({ url, about: { gate, arm } }: AskedServer): Promise<string> {
  const answer = await fetch(`${url}/v1/gates/${gate}?arm=${arm}`);
  return ((await answer.json()) as { verdict: string }).verdict;
}

export async function askServer({ url, about }: AskedServer): Promise<Said> {
  const query = `${about.gate}?arm=${about.arm}`;
  const flagger = await fetch(`${url}/v1/flagger/${query}`, { method: 'POST' });
  await flagger.text();
  const metrics = await (await fetch(`${url}/metrics`)).text();
  return {
    'GET /v1/gates': await verdictAt({ url, about }),
    'POST /v1/flagger': flagger.status === 200 ? 'pass' : String(flagger.status),
    '/metrics': gaugeIn(metrics, about),
  };
}

/** A gauge is born with its first verdict: none is none. Rules of a verdict that does not pass are to pass neither where it is void. */
function gaugeIn(exposition: string, { gate, arm }: About): string {
  const labels = `\\{gate="${gate}",arm="${arm}"`;
  const value = new RegExp(`^flipgate_gate_verdict${labels}\\} (\\S+)$`, 'mu').exec(exposition)?.[1];
  if (value === '1') return 'pass';
  const rule = new RegExp(`^flipgate_gate_rule_verdict${labels},rule="(\\w+)"\\} 1$`, 'mu').exec(
    exposition,
  )?.[1];
  return rule === undefined ? (value ?? 'none') : `pass of ${rule}`;
}

/** Asks everybody who is no server. `gate` judges again, so it comes last. */
export async function askCommands(asked: Asked): Promise<Said> {
  const { folder, about } = asked;
  const run = (words: readonly string[], at = folder): Promise<Finished> =>
    asked.commands.start(at, words, asked.ahead).finished;
  const other = `${folder}.scored`;
  await cp(folder, other, { recursive: true });
  const reports = await askReports(run, about);
  const pushed = await run(['push', '--textfile', 'pushed.prom']);
  const textfile = await readFile(path.join(folder, 'pushed.prom'), 'utf8').catch(() => '');
  const said: Said = {
    'push --textfile': pushed.code === 0 ? gaugeIn(textfile, about) : told(pushed),
    ...reports,
    ...(await askPages(asked, run)),
    ...(await askPagesAfterScore(asked, (words) => run(words, other), other)),
    gate: await judgeAgain(asked, run),
  };
  await rm(other, { recursive: true, force: true });
  return said;
}

type Run = (words: readonly string[]) => Promise<Finished>;

async function askReports(run: Run, { gate, arm }: About): Promise<Said> {
  const [asJson, markdown, junit, csv] = await Promise.all(
    ['json', 'markdown', 'junit', 'csv'].map((format) => run(['report', gate, '--format', format])),
  );
  const documents = (): {
    verdict?: { gate: string; arm: string; verdict: string; rules: { verdict: string }[] };
  }[] => JSON.parse(asJson!.stdout) as never;
  const inJson = (): string => {
    const found = documents().find(({ verdict }) => verdict?.gate === gate && verdict.arm === arm)?.verdict;
    const rule = found?.verdict === 'error' && found.rules.find(({ verdict }) => verdict === 'pass');
    return rule ? 'pass of a rule' : (found?.verdict ?? 'none');
  };
  const suite = new RegExp(`<testsuite name="flipgate ${gate} ${arm}"[^>]* failures="0" errors="0"`, 'u');
  const title = new RegExp(`^### (.*)\\n\\nGate ${gate}, arm ${arm}\\b`, 'mu');
  const row = new RegExp(`^${gate},${arm},[^,]*,gate,[^,]*,(\\w+)`, 'mu');
  return {
    'report --format json': asJson!.code === 0 ? inJson() : told(asJson!),
    'report --format markdown':
      markdown!.code === 0
        ? (/pass|\w+/u.exec(title.exec(markdown!.stdout)?.[1] ?? 'none')?.[0] ?? '')
        : told(markdown!),
    'report --format junit':
      junit!.code === 0 ? (suite.test(junit!.stdout) ? 'pass' : 'failed') : told(junit!),
    'report --format csv': csv!.code === 0 ? (row.exec(csv!.stdout)?.[1] ?? 'none') : told(csv!),
  };
}

async function askPages({ folder, kit, about }: Asked, run: Run): Promise<Said> {
  const { blue, green } = kit.judged;
  const html = await run(['report', about.gate, '--format', 'html', '--out', 'page.html']);
  const compared = await run(['compare', blue, green, '--json']);
  const pages = await pagesIn(folder, kit);
  return {
    'report --format html': html.code === 0 ? await titleOf(path.join(folder, 'page.html')) : told(html),
    compare: compared.code === 0 ? 'compared' : told(compared),
    'page of the comparison': pages.comparison,
    'page of the run': pages.run,
  };
}

async function askPagesAfterScore({ kit }: Asked, run: Run, folder: string): Promise<Said> {
  await run(['runs', 'score', kit.judged.green]);
  const pages = await pagesIn(folder, kit);
  return {
    'page of the run after runs score': pages.run,
    'page of the comparison after runs score': pages.comparison,
  };
}

async function pagesIn(
  folder: string,
  { judged: { blue, green } }: Kit,
): Promise<{ run: string; comparison: string }> {
  const store = path.join(folder, 'reports');
  return {
    run: await titleOf(path.join(store, green, 'report.html')),
    comparison: await titleOf(path.join(store, 'comparisons', `${blue}..${green}`, 'report.html')),
  };
}

/** The verdict with which the title of a page begins. */
async function titleOf(file: string): Promise<string> {
  const page = await readFile(file, 'utf8').catch(() => '');
  return /<title>(\w+)/u.exec(page)?.[1] ?? 'none';
}

/** The exit code and the verdict have to say the same. */
async function judgeAgain({ about }: Asked, run: Run): Promise<string> {
  const words = ['gate', about.gate, '--candidate', about.arm, '--json'];
  const { code, stdout } = await run(words);
  const verdict = stdout === '' ? 'none' : (JSON.parse(stdout) as { verdict: string }).verdict;
  return (code === 0) === (verdict === 'pass') ? verdict : `pass by one of ${String(code)}, ${verdict}`;
}

function told({ code, stderr }: Finished): string {
  return `${String(code)}: ${stderr.split('\n')[0] ?? ''}`;
}
