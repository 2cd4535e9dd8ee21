import * as z from 'zod';

/** How long to wait before a failed request is repeated. */
export interface RetryWait {
  readonly seconds: number;
  /** The service asked for it: other requests wait too. */
  readonly all: boolean;
}

const firstSeconds = 0.5;
const mostSeconds = 8;
/** A service that asks for longer is not waited for any longer than this. */
const mostAskedSeconds = 60;
const passing = new Set([408, 409, 429]);

/** What the client throws: without a status where no whole answer came. */
const failureShape = z.looseObject({
  status: z.number().optional(),
  headers: z.instanceof(Headers).optional(),
});

/** `undefined` where a repetition cannot help: the service refused the request itself. `tried`: attempts before this one. */
export function retryWait(error: unknown, tried: number): RetryWait | undefined {
  const parsed = failureShape.safeParse(error);
  if (!parsed.success) return undefined;
  const { status, headers } = parsed.data;
  if (status !== undefined && !passing.has(status) && status < 500) return undefined;
  const asked = askedSeconds(headers);
  if (asked !== undefined) return { seconds: Math.min(asked, mostAskedSeconds), all: true };
  return { seconds: Math.min(firstSeconds * 2 ** tried, mostSeconds), all: status === 429 };
}

/** `Retry-After` in seconds, or as a date beside the service's own. */
function askedSeconds(headers: Headers | undefined): number | undefined {
  const text = headers?.get('retry-after')?.trim() ?? '';
  const seconds = /^\d+(?:\.\d+)?$/u.test(text)
    ? Number(text)
    : (Date.parse(text) - Date.parse(headers?.get('date') ?? '')) / 1000;
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : undefined;
}
