import path from 'node:path';
import { answers, freePort, serverFolder, startProgram, type RunningServer } from './process.ts';

export interface Pushgateway extends RunningServer {
  readonly url: string;
}

/** Starts an empty Pushgateway that keeps what it is given in its folder. */
export async function startPushgateway(binary: string): Promise<Pushgateway> {
  const folder = await serverFolder('pushgateway');
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const args = [
    `--web.listen-address=127.0.0.1:${port}`,
    `--persistence.file=${path.join(folder, 'pushed')}`,
  ];
  const server = await startProgram({
    name: 'pushgateway',
    binary,
    args,
    folder,
    ready: () => answers(`${url}/-/ready`),
  });
  return { ...server, url };
}
