import { connect, type Socket } from 'node:net';

/** What came back of bytes that were sent as they are, until the other side closed or `milliseconds` had passed. */
export async function exchange(url: string, bytes: string, milliseconds = 10_000): Promise<string> {
  const socket = await connected(url);
  let received = '';
  socket.on('data', (chunk: Buffer) => (received += chunk.toString('latin1')));
  socket.write(bytes);
  await closed(socket, milliseconds);
  socket.destroy();
  return received;
}

export function connected(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => {
      // A server that cuts a connection is what is looked at here.
      socket.on('error', () => undefined);
      resolve(socket);
    });
    socket.once('error', reject);
  });
}

/** Resolves when the other side has closed it, with whether it did. */
export function closed(socket: Socket, milliseconds: number): Promise<boolean> {
  return new Promise((resolve) => {
    socket.resume();
    const timer = setTimeout(() => resolve(false), milliseconds);
    const end = (): void => {
      clearTimeout(timer);
      resolve(true);
    };
    if (socket.closed) end();
    else socket.once('close', end);
  });
}

/** The status of a raw answer. */
export function statusOf(answer: string): number | undefined {
  const status = /^HTTP\/1\.[01] (\d{3})/u.exec(answer)?.[1];
  return status === undefined ? undefined : Number(status);
}
