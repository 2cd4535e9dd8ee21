import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { cli, json, start } from '../cli.ts';
import type { Case, Site } from './site.ts';

/** Begins to judge with an arm that does not say what it is, and kills the judging while it waits for that. */
async function killedInTheMiddle(site: Site): Promise<void> {
  const silent = createServer(() => undefined);
  silent.listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const versionsUrl = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/versions`;
  // A configuration of its own: the server reads the other one again when it changes, and would ask too.
  const file = path.join(site.folder, 'flipgate.yaml');
  const config = await json(file);
  config['arms'].green.versionsUrl = versionsUrl;
  await writeFile(path.join(site.folder, 'silent.yaml'), JSON.stringify(config));
  const judging = start(site.folder, ['gate', 'acceptance', '--json', '--config', 'silent.yaml']);
  await once(silent, 'request');
  judging.child.kill('SIGKILL');
  await judging.finished;
  silent.closeAllConnections();
  silent.close();
}

/** Judges where no file can be longer than this. */
const onSmallDisk =
  (kibibytes: number): Case['change'] =>
  async ({ folder }) => {
    const script = `ulimit -f ${kibibytes}; exec "$0" "$@"`;
    const words = ['-c', script, process.execPath, cli, 'gate', 'acceptance', '--json'];
    const judging = spawn('bash', words, {
      cwd: folder,
      env: { PATH: process.env['PATH'] ?? '', HOME: folder },
      stdio: 'ignore',
    });
    const [code] = (await once(judging, 'close')) as [number | null];
    if (code === 0) throw new Error('a verdict was stored that has no room');
  };

/** A judging that did not come to its end leaves the verdict before in doubt. */
export const interruptedJudgings: readonly Case[] = [
  { what: 'a judging was killed in the middle', change: killedInTheMiddle },
  { what: 'a judging could not store its verdict', change: onSmallDisk(1) },
  { what: 'a judging could not store anything', change: onSmallDisk(0) },
].map((one) => ({
  ...one,
  except: { gate: 'pass' as const },
  because: 'the runs are what they were: judged again, they pass',
}));
