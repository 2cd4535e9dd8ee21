import type { IncomingHttpHeaders } from 'node:http';
import type { Client, Dispatcher } from 'undici';
import { onAbort } from '../../base/on-abort.ts';
import type { Clock } from '../../base/world.ts';
import type { Exchange, HttpFault, HttpRequest, HttpResponse } from './messages.ts';
import { networkMessage } from '../network-message.ts';

export interface ExchangeLimits {
  readonly signal: AbortSignal;
  readonly maxBodyBytes: number;
  /** Bytes that are read of the body of a status outside 2xx; none by default. */
  readonly maxErrorBytes?: number | undefined;
  /** Host and port, for messages. */
  readonly address: string;
  readonly clock: Clock;
}

/**
 * Sends one request on a client that carries no other, and reads the response. A status outside 2xx and a body over the limit end it at
 * once; so does the signal, with a `network` fault. Timing is stamped as the request is written and as the last byte comes in.
 */
export function exchange(client: Client, request: HttpRequest, limits: ExchangeLimits): Promise<Exchange> {
  return new Promise((resolve) => {
    const call = createCall(limits, resolve);
    if (limits.signal.aborted) {
      call.giveUp();
      return;
    }
    call.listen();
    client.dispatch(
      {
        method: request.method,
        path: request.path,
        headers: [...request.headers],
        body: request.body,
        idempotent: false,
      },
      call.handler,
    );
  });
}

interface Call {
  readonly handler: Dispatcher.DispatchHandler;
  readonly cut: (result: Exchange) => void;
  readonly giveUp: () => void;
  /** From now on the signal ends the call. */
  readonly listen: () => void;
}

/** What is known of a call so far. */
interface CallState {
  controller: Dispatcher.DispatchController | undefined;
  settled: boolean;
  /** Whether a byte of the response has come. */
  answered: boolean;
  sent: number;
  status: number;
  headers: IncomingHttpHeaders;
  size: number;
  readonly chunks: Buffer[];
}

function createCall(limits: ExchangeLimits, resolve: (result: Exchange) => void): Call {
  const state: CallState = {
    controller: undefined,
    settled: false,
    answered: false,
    sent: 0,
    status: 0,
    headers: {},
    size: 0,
    chunks: [],
  };
  let forget: () => void = () => undefined;
  const settle = (result: Exchange): void => {
    if (state.settled) return;
    state.settled = true;
    forget();
    resolve(result);
  };
  const cut = (result: Exchange): void => {
    if (state.settled) return;
    settle(result);
    state.controller?.abort(new Error('cut off'));
  };
  const giveUp = (): void => cut(fault('network', 'given up before the response was complete'));
  const listen = (): void => {
    forget = onAbort(limits.signal, giveUp);
  };
  return {
    handler: handlerOf(state, { ...limits, settle, cut }),
    cut,
    giveUp,
    listen,
  };
}

interface CallEnds extends Omit<ExchangeLimits, 'signal'> {
  /** Ends the call as it is. */
  readonly settle: (result: Exchange) => void;
  /** Ends the call and destroys its connection. */
  readonly cut: (result: Exchange) => void;
}

function handlerOf(
  state: CallState,
  { settle, cut, maxBodyBytes, maxErrorBytes = 0, address, clock }: CallEnds,
): Dispatcher.DispatchHandler {
  const isError = (): boolean => state.status > 299;
  const cutResponse = (): void => cut(responseOf(state, { received: clock.monotonic(), complete: false }));
  return {
    onRequestStart(controller) {
      state.controller = controller;
      if (state.settled) controller.abort(new Error('cut off'));
      state.sent = clock.monotonic();
    },
    // oxlint-disable-next-line typescript/no-deprecated -- the only word of a response's first byte, which decides whether a GET may be sent again
    onResponseStarted() {
      state.answered = true;
    },
    onResponseStart(_controller, status, headers) {
      if (status < 200) return;
      state.status = status;
      state.headers = headers;
      if (isError() && maxErrorBytes === 0) cutResponse();
      else if (!isError() && Number(headers['content-length'] ?? 0) > maxBodyBytes)
        cut(tooLarge(maxBodyBytes));
    },
    onResponseData(_controller, chunk) {
      if (state.settled) return;
      state.size += chunk.length;
      if (!isError() && state.size > maxBodyBytes) return cut(tooLarge(maxBodyBytes));
      state.chunks.push(chunk);
      if (isError() && state.size > maxErrorBytes) cutResponse();
    },
    onResponseEnd() {
      settle(responseOf(state, { received: clock.monotonic(), complete: true }));
    },
    onResponseError(_controller, error) {
      settle(brokenOff(error, { answered: state.answered, address }));
    },
  };
}

function brokenOff(error: Error, seen: Parameters<typeof networkMessage>[1]): HttpFault {
  const { fault: kind, message } = networkMessage(error, seen);
  return {
    kind: 'fault',
    fault: kind,
    message,
    connection: seen.answered ? 'other' : 'closed without a byte',
  };
}

function responseOf(
  { status, headers, chunks, size, sent }: CallState,
  { received, complete }: { readonly received: number; readonly complete: boolean },
): HttpResponse {
  const timing = { sent, received };
  const [first] = chunks;
  const body = chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks, size);
  return { kind: 'response', status, headers, body, timing, complete };
}

function fault(kind: 'network' | 'shape', message: string): HttpFault {
  return { kind: 'fault', fault: kind, message, connection: 'other' };
}

function tooLarge(maxBytes: number): HttpFault {
  return fault('shape', `the response is larger than ${maxBytes} bytes`);
}
