import { withCredentials } from '../base/secrets/credentials.ts';
import { messageOf } from '../base/errors.ts';
import { pause } from '../base/pause.ts';
import { sanitizeForTerminal } from '../base/printable.ts';
import { createRedactor, secretsOfHeader, secretsOfUrl, type Redact } from '../base/redact.ts';
import { limitTime } from '../base/time-limit.ts';

const attempts = 4;
const firstPauseSeconds = 0.5;
const attemptMilliseconds = 10_000;
const allMilliseconds = 20_000;
/** Of an answer, that are read. */
export const maxBytes = 65_536;

export interface Delivery {
  readonly method: 'POST' | 'PUT' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Why an answer with a status of success is none; what it shows of the answer is redacted. Not asked again then: a part may have arrived. */
  readonly refusal?: (answer: DeliveryAnswer, redact: Redact) => string | undefined;
}

/** An answer with a status of success. */
export interface DeliveryAnswer {
  readonly status: number;
  /** As the header has it; empty where there is none. */
  readonly contentType: string;
  readonly bytes: Uint8Array;
  /** False where it went on after `maxBytes`. */
  readonly isWhole: boolean;
}

interface Attempt {
  readonly problem?: string | undefined;
  /** Whether asking again may help. */
  readonly again: boolean;
}

/**
 * Sends series over HTTP; user and password of the URL go in a header. A receiver that is away, slow or busy (429, 5xx) is tried up to four
 * times, with pauses that double, for 20 s in all; redirects are not followed. Returns why the series are not there; never rejects.
 */
export async function deliver(address: string, delivery: Delivery): Promise<string | undefined> {
  const over = AbortSignal.timeout(allMilliseconds);
  let problem = 'not tried';
  for (let tried = 1; tried <= attempts; tried += 1) {
    const limit = limitTime(over, attemptMilliseconds);
    const found = await attempt(address, delivery, limit.signal);
    limit.done();
    if (!found.again || found.problem === undefined) return found.problem;
    problem = `${found.problem}, tried ${tried} ${tried === 1 ? 'time' : 'times'}`;
    if (tried === attempts) break;
    await pause(firstPauseSeconds * 2 ** (tried - 1), over);
    if (over.aborted) break;
  }
  return problem;
}

async function attempt(
  address: string,
  { headers, refusal, ...request }: Delivery,
  signal: AbortSignal,
): Promise<Attempt> {
  const { url, headers: credentials } = withCredentials(address);
  const sent = { ...headers, ...credentials };
  const redact = createRedactor([
    ...secretsOfUrl(address),
    ...Object.entries(sent).flatMap(([name, value]) => secretsOfHeader(name, value)),
  ]);
  try {
    const response = await fetch(url, { ...request, headers: sent, redirect: 'manual', signal });
    const answer = await answerOf(response);
    if (response.ok) return { problem: refusal?.(answer, redact), again: false };
    // A receiver may repeat what it was sent.
    const said = sanitizeForTerminal(redact(new TextDecoder().decode(answer.bytes)).trim(), 300);
    const problem = `HTTP status ${response.status}${said === '' ? '' : `: ${said}`}`;
    return { problem, again: response.status >= 500 || response.status === 429 };
  } catch (error) {
    if (signal.aborted) return { problem: 'no whole answer in time', again: true };
    const cause =
      error instanceof Error && error.cause !== undefined ? messageOf(error.cause) : messageOf(error);
    return { problem: cause, again: true };
  }
}

/** The first bytes of an answer: who answers without end is read no further. */
async function answerOf({ status, headers, body }: Response): Promise<DeliveryAnswer> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of (body ?? []) as AsyncIterable<Uint8Array>) {
    // bytes are what a body has
    pieces.push(piece);
    length += piece.length;
    if (length > maxBytes) break;
  }
  const bytes = Buffer.concat(pieces).subarray(0, maxBytes);
  return { status, contentType: headers.get('content-type') ?? '', bytes, isWhole: length <= maxBytes };
}

/** An address as messages show it: without user, password and query. */
export function shownAddress(address: string): string {
  const { origin, pathname } = new URL(address);
  return `${origin}${pathname}`;
}
