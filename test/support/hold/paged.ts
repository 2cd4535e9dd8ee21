import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Somebody who is paged: takes what Alertmanager sends to a webhook. */
export interface Paged {
  readonly url: string;
  /** Names of the alerts that arrived firing. */
  alerts(): readonly string[];
  close(): Promise<void>;
}

export async function startPaged(): Promise<Paged> {
  const arrived: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')));
    request.on('end', () => {
      const { alerts } = JSON.parse(body) as { alerts: { status: string; labels: Record<string, string> }[] };
      for (const { status, labels } of alerts)
        if (status === 'firing') arrived.push(labels['alertname'] ?? '');
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/page`,
    alerts: () => arrived,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
