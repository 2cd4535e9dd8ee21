import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface EmbeddingServer {
  /** What to write as the embedder's `url`. */
  readonly url: string;
  /** Requests that were taken and not answered. */
  readonly held: () => number;
  /** Whether to take a request for these texts and not to answer it. */
  holds: (texts: readonly string[]) => boolean;
  close(): Promise<void>;
}

const dimensions = 8;

/** A vector that depends on the text alone. */
function vectorOf(text: string): readonly number[] {
  const vector = Array.from({ length: dimensions }, () => 1);
  for (let index = 0; index < text.length; index += 1)
    vector[index % dimensions]! += text.charCodeAt(index) % 17;
  return vector;
}

/** An OpenAI-compatible embedding service on a port of the system's choice, quick and without a model. */
export async function startEmbeddings(): Promise<EmbeddingServer> {
  let held = 0;
  const answer = (body: string, response: ServerResponse): void => {
    const { input, model } = JSON.parse(body) as { input: string | string[]; model: string };
    const texts = [input].flat();
    if (server.holds(texts)) {
      held += 1;
      return;
    }
    const data = texts.map((text, index) => ({ object: 'embedding', index, embedding: vectorOf(text) }));
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ object: 'list', model, data, usage: {} }));
  };
  const http = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')));
    request.on('end', () => answer(body, response));
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const server: EmbeddingServer = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/v1`,
    held: () => held,
    holds: () => false,
    close: async () => {
      http.closeAllConnections();
      await new Promise<void>((resolve) => http.close(() => resolve()));
    },
  };
  return server;
}
