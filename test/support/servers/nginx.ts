import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { answers, freePort, serverFolder, startProgram, type RunningServer } from './process.ts';

export interface Nginx extends RunningServer {
  readonly url: string;
  /** Moves traffic to an origin, as an operator would: a file and a reload. */
  moveTo(name: string): Promise<void>;
  /** What does the same from a shell, with the name behind it. */
  readonly command: readonly string[];
}

/** Starts nginx before one of several origins (`http://host:port`, by name). Each answers `/versions`. */
export async function startNginx(
  binary: string,
  origins: Readonly<Record<string, string>>,
  first: string,
): Promise<Nginx> {
  const folder = await serverFolder('nginx');
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const file = path.join(folder, 'nginx.conf');
  await writeFile(file, configuration(port));
  for (const [name, origin] of Object.entries(origins))
    await writeFile(path.join(folder, `${name}.upstream`), `server ${new URL(origin).host};\n`);
  await writeFile(path.join(folder, 'live.conf'), `server ${new URL(origins[first] ?? '').host};\n`);
  const args = ['-p', folder, '-c', file, '-e', 'stderr'];
  const script = path.join(folder, 'move.sh');
  await writeFile(script, move(folder, [binary, ...args]));
  const server = await startProgram({
    name: 'nginx',
    binary,
    args: [...args, '-g', 'daemon off;'],
    folder,
    ready: () => answers(`${url}/versions`),
  });
  const command = ['sh', script];
  return {
    ...server,
    url,
    command,
    moveTo: async (name) => void (await promisify(execFile)('sh', [script, name])),
  };
}

function configuration(port: number): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${kind};`,
  );
  return `worker_processes 1;
pid nginx.pid;
events { worker_connections 64; }
http {
  access_log off;
  ${temporary.join('\n  ')}
  upstream live { include live.conf; }
  server {
    listen 127.0.0.1:${port};
    location / { proxy_pass http://live; }
  }
}
`;
}

/** In one step, so that no reload ever reads half a file. */
function move(folder: string, nginx: readonly string[]): string {
  return `set -eu
cd '${folder}'
cp "$1.upstream" next.conf
mv next.conf live.conf
${nginx.map((word) => `'${word}'`).join(' ')} -s reload
`;
}
