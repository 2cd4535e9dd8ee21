import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import type { Hono } from 'hono';
import { UserError, codeOf, exitCodes, messageOf } from '../../base/errors.ts';
import { boundConnections } from './connections.ts';

export interface Listening {
  readonly url: string;
  /** Takes no more calls; resolves when those under way are answered, or cut after `graceSeconds`. */
  close(graceSeconds: number): Promise<void>;
}

/** A connection that says nothing, or says it slowly, is cut; one that says too much is refused. */
const limits = {
  maxHeaderSize: 16_384,
  headersTimeout: 5000,
  requestTimeout: 10_000,
  keepAliveTimeout: 5000,
  connectionsCheckingInterval: 1000,
};

/** Serves an app. Throws a `UserError` (exit 4) where the address cannot be had; what goes wrong later is reported, and ends nothing. */
export async function listen(
  app: Hono,
  at: { readonly host: string; readonly port: number },
  onError: (error: Error) => void,
): Promise<Listening> {
  const server = createAdaptorServer({ fetch: app.fetch, serverOptions: limits }) as Server; // plain HTTP: no other kind was asked for
  boundConnections(server);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(listenError(error, at)));
    server.listen(at.port, at.host, resolve);
  });
  server.on('error', onError);
  const { port } = server.address() as AddressInfo; // a TCP server that listens has one
  return {
    url: `http://${at.host.includes(':') ? `[${at.host}]` : at.host}:${port}`,
    close: (graceSeconds) => close(server, graceSeconds),
  };
}

function close(server: Server, graceSeconds: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), 1000 * graceSeconds);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}

function listenError(error: unknown, { host, port }: { host: string; port: number }): UserError {
  const taken = codeOf(error) === 'EADDRINUSE';
  return new UserError(
    `cannot listen on ${host}:${port}: ${taken ? 'another program does' : messageOf(error)}`,
    {
      ...(taken && { hint: 'stop it, or name another port with --port' }),
      exitCode: exitCodes.error,
    },
  );
}
