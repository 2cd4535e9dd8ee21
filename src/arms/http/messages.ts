import type { IncomingHttpHeaders } from 'node:http';
import type { Timing } from '../../scoring/answer.ts';

export interface HttpRequest {
  readonly method: string;
  /** Path and query, URL-encoded. */
  readonly path: string;
  /** Names and values in turn. */
  readonly headers: readonly string[];
  readonly body: string | null;
}

export interface HttpResponse {
  readonly kind: 'response';
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Empty where the status is outside 2xx, unless the limits say how much of such a body is read. */
  readonly body: Buffer;
  readonly timing: Timing;
  /** Whether the response was read to its end, so that its connection can carry another. */
  readonly complete: boolean;
}

export interface HttpFault {
  readonly kind: 'fault';
  readonly fault: 'network' | 'shape';
  readonly message: string;
  readonly connection: 'closed without a byte' | 'other';
}

export type Exchange = HttpResponse | HttpFault;
