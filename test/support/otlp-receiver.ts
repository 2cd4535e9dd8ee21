import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request of the OTLP protocol in JSON, as far as tests read it. */
export interface OtlpRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** When it came, in milliseconds of `performance.now()`. */
  readonly at: number;
}

/** What a request is answered; `hangs` never answers, `drips` never ends. */
export type OtlpAnswer =
  | {
      readonly status: number;
      readonly body?: string | Uint8Array;
      readonly headers?: Record<string, string>;
    }
  | 'hangs'
  | 'drips';

export interface OtlpReceiver {
  readonly url: string;
  readonly requests: OtlpRequest[];
  /** The answers in turn; the last one goes on. */
  answers: readonly OtlpAnswer[];
  close(): Promise<void>;
}

/** A real server on loopback that keeps what it is sent. */
export async function startOtlpReceiver(...answers: readonly OtlpAnswer[]): Promise<OtlpReceiver> {
  const requests: OtlpRequest[] = [];
  const dripping = new Set<NodeJS.Timeout>();
  const http = createServer((incoming, response) => {
    let text = '';
    incoming.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
    incoming.on('end', () => {
      const { method = '', url: path = '', headers } = incoming;
      requests.push({ method, path, headers, text, at: performance.now() });
      const answer = receiver.answers[requests.length - 1] ?? receiver.answers.at(-1) ?? { status: 200 };
      if (answer === 'hangs') return;
      if (answer === 'drips') {
        response.writeHead(200);
        dripping.add(setInterval(() => response.write(' '), 100));
        return;
      }
      response.writeHead(answer.status, answer.headers).end(answer.body ?? '');
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const receiver: OtlpReceiver = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    requests,
    answers,
    close: async () => {
      for (const timer of dripping) clearInterval(timer);
      http.closeAllConnections();
      await new Promise<void>((resolve) => http.close(() => resolve()));
    },
  };
  return receiver;
}
