import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly question: string;
  readonly seed: number;
  readonly headers: IncomingHttpHeaders;
}

export interface ArmServer {
  readonly url: string;
  readonly versionsUrl: string;
  readonly received: Received[];
  /** Answers one request; replace it to misbehave. */
  respond: (request: Received, response: ServerResponse) => void;
  versions: Record<string, string>;
  close(): Promise<void>;
}

export const versions = {
  INDEX_HASH: 'i1',
  EMBED_SCHEMA: 'e1',
  RERANK_CONF: 'r1',
  PROMPT_VER: 'p1',
  MODEL_VER: 'm1',
};

/** What a healthy arm says: the anchor's own words. */
export function healthy(server: Pick<ArmServer, 'versions'>, { question, seed }: Received): object {
  const number = /topic (\d+)/u.exec(question)?.[1] ?? '0';
  const text = `All that is known about topic ${number} stands in this one sentence of the document.`;
  return {
    answer: `${text} (${seed})`,
    retrieved: [
      {
        snippet_id: `S_${number}`,
        section_id: `s${number}`,
        source_url: 'doc.md',
        offsets: [0, text.length],
        tokens: [0, 14],
        text,
      },
    ],
    citations: [`S_${number}`],
    stages: { retrieve: 0.001, rerank: 0.001, reason: 0.002 },
    versions: server.versions,
    tool_calls: [],
    side_effects: 1,
    dedupe_hits: 0,
    usage: { input_tokens: 10, output_tokens: 5 },
  };
}

export function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** A scripted arm on a port of the system's choice. */
export async function startArm(delayMilliseconds = 0): Promise<ArmServer> {
  const received: Received[] = [];
  const http = createServer((request, response) => {
    if (request.url === '/versions') return send(response, 200, server.versions);
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')));
    request.on('end', () => {
      const asked = { ...(JSON.parse(body) as { question: string; seed: number }), headers: request.headers };
      received.push(asked);
      setTimeout(() => server.respond(asked, response), delayMilliseconds);
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const server: ArmServer = {
    url: `${origin}/ask`,
    versionsUrl: `${origin}/versions`,
    received,
    versions: { ...versions },
    respond: (request, response) => send(response, 200, healthy(server, request)),
    close: async () => {
      http.closeAllConnections();
      await new Promise<void>((resolve) => http.close(() => resolve()));
    },
  };
  return server;
}
