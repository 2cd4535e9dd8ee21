import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';
import type { KubernetesObject } from './servers/kubernetes.ts';

export const kits = fileURLToPath(new URL('../../examples/consumers/', import.meta.url));

/** The text of a kit's file, `argo-rollouts/rollout.yaml`. */
export function kitText(file: string): Promise<string> {
  return readFile(`${kits}${file}`, 'utf8');
}

/** The documents of a kit's file, read strictly. */
export async function kitDocuments(file: string): Promise<readonly KubernetesObject[]> {
  return parseAllDocuments(await kitText(file), { strict: true }).map((document) => {
    if ('errors' in document && document.errors.length > 0) throw document.errors[0]!;
    return document.toJS() as KubernetesObject;
  });
}

/** Many objects as one text for `kubectl apply`. */
export function listOf(items: readonly KubernetesObject[]): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
}

export interface GateAnswer {
  readonly status: number;
  readonly body: string;
}

export interface GateRequest {
  readonly method: string;
  /** Path and query after the case. */
  readonly url: string;
  readonly authorization?: string;
  readonly body: string;
}

export interface GateServer {
  /** The base URL at which a case is answered: its name is the first part of the path. */
  readonly base: (name: string) => string;
  readonly requests: (name: string) => readonly GateRequest[];
  /** What each case is answered; a case without an answer gets a 404. */
  readonly answers: Map<string, GateAnswer | ((request: GateRequest) => GateAnswer)>;
  close(): Promise<void>;
}

export const verdictAnswer = (verdict: string): GateAnswer => ({
  status: 200,
  body: JSON.stringify({ verdict, reason: 'because' }),
});

/** A server in the place of flipgate's, with an answer per case. */
export async function startGates(): Promise<GateServer> {
  const answers: GateServer['answers'] = new Map();
  const requests = new Map<string, GateRequest[]>();
  const http = createServer((incoming, response) => {
    let body = '';
    incoming.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')));
    incoming.on('end', () => {
      const [, name = '', rest = ''] = /^\/([^/]*)(\/.*)$/u.exec(incoming.url ?? '') ?? [];
      const { authorization } = incoming.headers;
      const request = {
        method: incoming.method ?? '',
        url: rest,
        body,
        ...(authorization === undefined ? {} : { authorization }),
      };
      requests.set(name, [...(requests.get(name) ?? []), request]);
      const answer = answers.get(name) ?? { status: 404, body: '' };
      const { status, body: text } = typeof answer === 'function' ? answer(request) : answer;
      response.writeHead(status, { 'content-type': 'application/json' }).end(text);
    });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  return {
    base: (name) => `${origin}/${name}`,
    requests: (name) => requests.get(name) ?? [],
    answers,
    close: async () => {
      http.closeAllConnections();
      await new Promise<void>((resolve) => http.close(() => resolve()));
    },
  };
}
