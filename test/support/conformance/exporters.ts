import type { ChildProcess } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { start } from '../cli.ts';
import { eventually } from '../servers/process.ts';

export interface Exporter {
  /** Where it answers, without a path. */
  readonly url: string;
  close(): Promise<void>;
}

/** `flipgate serve` as a process of its own, on the store of a folder. */
export async function startExporter(folder: string, more: readonly string[] = []): Promise<Exporter> {
  const { child, finished } = start(folder, ['serve', '--port', '0', ...more]);
  let stdout = '';
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString('utf8')));
  void finished.then(({ stderr }) => (stdout ||= `ended: ${stderr}`));
  const url = await eventually(async () => /at (http:\S+)/u.exec(stdout)?.[1] ?? ended(child, stdout), 30);
  return {
    url,
    close: async () => {
      child.kill('SIGKILL');
      await finished;
    },
  };
}

function ended(child: ChildProcess, stdout: string): undefined {
  if (child.exitCode !== null) throw new Error(`flipgate serve ended with ${child.exitCode}: ${stdout}`);
}

/** Serves a page of series that a foreign or broken exporter would. */
export async function startPage(text: string): Promise<Exporter> {
  const http = createServer((_, response) =>
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(text),
  );
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    close: async () => {
      http.closeAllConnections();
      await new Promise<void>((resolve) => http.close(() => resolve()));
    },
  };
}

export async function pageOf({ url }: Exporter): Promise<string> {
  return (await fetch(`${url}/metrics`)).text();
}
