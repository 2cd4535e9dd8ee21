import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Commands } from '../validity/commands.ts';

export const forgeryReaders = ['gate', '/v1/gates', '/metrics', 'push', 'report'] as const;
/** Whether a reader says that Green passes. */
export type Answers = Readonly<Record<(typeof forgeryReaders)[number], boolean>>;

export interface AskedForgery {
  readonly folder: string;
  readonly commands: Commands;
  readonly ahead: number;
}

/** Asks everybody whether Green passes. `gate` judges again, so it comes last. */
export async function askForgery({ folder, commands, ahead }: AskedForgery): Promise<Answers> {
  const server = commands.start(folder, ['serve', '--port', '0'], ahead);
  const [, url = ''] = await server.says(/ at (http:\S+)\n/u);
  const verdict = await verdictAt(`${url}/v1/gates/acceptance?arm=green`);
  const metrics = await (await fetch(`${url}/metrics`)).text();
  server.interrupt();
  await server.finished;
  await commands.start(folder, ['push', '--textfile', 'pushed.prom'], ahead).finished;
  const pushed = await readFile(path.join(folder, 'pushed.prom'), 'utf8').catch(() => '');
  const report = await commands.start(folder, ['report', 'acceptance', '--format', 'json'], ahead).finished;
  const gate = await commands.start(folder, ['gate', 'acceptance', '--json'], ahead).finished;
  return {
    gate: gate.code === 0,
    '/v1/gates': verdict === 'pass',
    '/metrics': says(metrics),
    push: says(pushed),
    report: report.code === 0 && isPassIn(report.stdout),
  };
}

/** Files of a copied store are read before anything passes that rests on them: the answer until then is none yet. */
async function verdictAt(url: string): Promise<string> {
  for (;;) {
    const { verdict, reason } = (await (await fetch(url)).json()) as { verdict: string; reason: string };
    if (!reason.endsWith('is being checked')) return verdict;
  }
}

function says(exposition: string): boolean {
  return /^flipgate_gate_verdict\{gate="acceptance",arm="green"\} 1$/mu.test(exposition);
}

function isPassIn(stdout: string): boolean {
  const reports = JSON.parse(stdout) as { verdict?: { gate: string; verdict: string } }[];
  return reports.some(({ verdict }) => verdict?.gate === 'acceptance' && verdict.verdict === 'pass');
}
