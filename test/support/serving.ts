import type { ChildProcess } from 'node:child_process';
import { onTestFinished } from 'vitest';
import { start, type Environment, type Finished, type Started } from './cli.ts';

export interface Serving {
  readonly url: string;
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
  /** Everything that was written to stderr so far. */
  stderr(): string;
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  post(path: string, body: string | object, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** Ends it; rejects where it does not end with 0. */
  stop(): Promise<Finished>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly json: Record<string, any>;
}

/** Starts `flipgate serve` on a port of the system's choice, ready when it says so; ended with the test. */
export async function serving(
  folder: string,
  args: readonly string[] = [],
  env: Environment = {},
): Promise<Serving> {
  const started = start(folder, ['serve', '--port', '0', ...args], env);
  onTestFinished(async () => {
    started.child.kill('SIGKILL');
    await started.finished;
  });
  return served(started);
}

/** The same for the tests of a file, which have to `stop` it. */
export function servingForAll(folder: string): Promise<Serving> {
  return served(start(folder, ['serve', '--port', '0']));
}

async function served({ child, finished }: Started): Promise<Serving> {
  let stderr = '';
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString('utf8')));
  const url = await Promise.race([
    said(child),
    finished.then((end) => Promise.reject(new Error(`it ended: ${JSON.stringify(end)}`))),
  ]);
  const ask = async (path: string, init: RequestInit): Promise<Answer> => {
    const response = await fetch(`${url}${path}`, init);
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: isJson ? (JSON.parse(text) as Record<string, any>) : {},
    };
  };
  return {
    url,
    child,
    finished,
    stderr: () => stderr,
    get: (path, headers = {}) => ask(path, { headers }),
    post: (path, body, headers = {}) =>
      ask(path, {
        method: 'POST',
        body: typeof body === 'string' ? body : JSON.stringify(body),
        headers: { 'content-type': 'application/json', ...headers },
      }),
    async stop() {
      child.kill('SIGTERM');
      const end = await finished;
      if (end.code !== 0) throw new Error(`it ended with ${String(end.code)}: ${end.stderr}`);
      return end;
    },
  };
}

function said(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8');
      const url = / at (http:\S+)\n/u.exec(text)?.[1];
      if (url !== undefined) resolve(url);
    });
  });
}
