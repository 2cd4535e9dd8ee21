import { randomFillSync } from 'node:crypto';

/** Ids of a W3C trace context: 16 and 8 random bytes in lower-case hex. */
export interface Trace {
  readonly traceId: string;
  readonly spanId: string;
}

const traceBytes = 16;
const spanBytes = 8;
// Asking the system for random bytes costs more than a whole call's other work, so they come a few hundred traces at a time.
const pool = Buffer.alloc(256 * (traceBytes + spanBytes));
let used = pool.length;

/** A new trace of one span. */
export function newTrace(): Trace {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const traceId = pool.toString('hex', used, used + traceBytes);
  const spanId = pool.toString('hex', used + traceBytes, used + traceBytes + spanBytes);
  used += traceBytes + spanBytes;
  return { traceId, spanId };
}
