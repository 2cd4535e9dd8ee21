import { readFileSync } from 'node:fs';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** A reader that takes nothing for so long is cut. */
const stalledMilliseconds = 30_000;
/** Whoever scrapes, asks and acts needs a handful; this many keep memory within bounds. */
const most = 1024;
/** Of the descriptors of this process, what files and programs of a rollback are to have. */
const keptDescriptors = 256;

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/**
 * Keeps a server within reach of the call that acts, whoever else connects and holds on: where one connection more than there may be comes, the
 * one that has said nothing for the longest is cut; without such a one, the one whose request is incomplete for the longest; then the slowest reader.
 * One whose request is being seen to is never cut for another.
 */
export function boundConnections(server: Server, limit = connectionLimit()): void {
  const open = new Map<Socket, Exchange | undefined>();
  server.on('connection', (socket: Socket) => {
    if (open.size >= limit) (cuttable(open) ?? socket).destroy();
    open.set(socket, undefined);
    socket.once('close', () => open.delete(socket));
  });
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request;
    open.set(socket, { request, response });
    response.once('close', () => {
      // The last of those that have said nothing.
      if (open.delete(socket) && !socket.destroyed) open.set(socket, undefined);
    });
  });
  // Also what is kept alive for nobody ends here.
  server.timeout = stalledMilliseconds;
  server.on('timeout', (socket: Socket) => {
    if (!isSeenTo(open.get(socket))) socket.destroy();
  });
}

function cuttable(open: ReadonlyMap<Socket, Exchange | undefined>): Socket | undefined {
  const first = (isMeant: (exchange: Exchange | undefined) => boolean): Socket | undefined => {
    for (const [socket, exchange] of open) if (isMeant(exchange)) return socket;
    return undefined;
  };
  return (
    first((exchange) => exchange === undefined) ??
    first((exchange) => exchange?.request.complete === false) ??
    first((exchange) => !isSeenTo(exchange))
  );
}

/** Whether the request is complete, and its answer has not begun. */
function isSeenTo(exchange: Exchange | undefined): boolean {
  return exchange !== undefined && exchange.request.complete && !exchange.response.headersSent;
}

function connectionLimit(): number {
  const descriptors = descriptorLimit();
  return Math.max(16, Math.min(most, descriptors - keptDescriptors));
}

/** Where the system does not tell, as many as the smallest usual limit. */
function descriptorLimit(): number {
  try {
    const [, soft] = /^Max open files\s+(\d+)/mu.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft);
  } catch {
    return 1024;
  }
}
