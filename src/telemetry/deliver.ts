import { setTimeout as pause } from 'node:timers/promises';
import { withCredentials } from '../base/credentials.ts';
import { messageOf } from '../base/errors.ts';
import { printable } from '../base/printable.ts';
import { createRedactor, secretsOfHeader, secretsOfUrl } from '../base/redact.ts';

const attempts = 4;
const firstPauseMilliseconds = 500;
const attemptMilliseconds = 10_000;
const allMilliseconds = 20_000;
/** Of an answer, that is read. */
const mostCharacters = 65_536;

export interface Delivery {
  readonly method: 'POST' | 'PUT' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What a receiver answered with a status of success, or why the series are not there. */
export type Delivered = { readonly text: string } | { readonly problem: string };

interface Attempt {
  readonly delivered: Delivered;
  /** Whether asking again may help. */
  readonly again: boolean;
}

/**
 * Sends series over HTTP; user and password of the URL go in a header. A receiver that is away, slow or busy (429, 5xx) is tried up to four
 * times, with pauses that double, for 20 s in all; redirects are not followed. Never rejects.
 */
export async function deliver(address: string, delivery: Delivery): Promise<Delivered> {
  const deadline = performance.now() + allMilliseconds;
  let delivered: Delivered = { problem: 'not tried' };
  for (let tried = 1; tried <= attempts; tried += 1) {
    const left = Math.ceil(deadline - performance.now());
    const found = await attempt(address, delivery, Math.max(1, Math.min(attemptMilliseconds, left)));
    if (!found.again || 'text' in found.delivered) return found.delivered;
    delivered = { problem: `${found.delivered.problem}, tried ${tried} ${tried === 1 ? 'time' : 'times'}` };
    const rest = firstPauseMilliseconds * 2 ** (tried - 1);
    if (tried === attempts || performance.now() + rest >= deadline) break;
    await pause(rest);
  }
  return delivered;
}

async function attempt(address: string, { headers, ...request }: Delivery, milliseconds: number): Promise<Attempt> {
  const { url, headers: credentials } = withCredentials(address);
  const sent = { ...headers, ...credentials };
  const redact = createRedactor([
    ...secretsOfUrl(address),
    ...Object.entries(sent).flatMap(([name, value]) => secretsOfHeader(name, value)),
  ]);
  const signal = AbortSignal.timeout(milliseconds);
  try {
    const response = await fetch(url, { ...request, headers: sent, redirect: 'manual', signal });
    // A receiver may repeat what it was sent.
    const text = redact(await startOf(response));
    if (response.ok) return { delivered: { text }, again: false };
    const said = printable(text.trim(), 300);
    const problem = `HTTP status ${response.status}${said === '' ? '' : `: ${said}`}`;
    return { delivered: { problem }, again: response.status >= 500 || response.status === 429 };
  } catch (error) {
    if (signal.aborted) return { delivered: { problem: 'no whole answer in time' }, again: true };
    const cause = error instanceof Error && error.cause !== undefined ? messageOf(error.cause) : messageOf(error);
    return { delivered: { problem: cause }, again: true };
  }
}

/** The first characters of an answer: who answers without end is read no further. */
async function startOf({ body }: Response): Promise<string> {
  let text = '';
  for await (const piece of body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += piece;
    if (text.length > mostCharacters) break;
  }
  return text;
}

/** An address as messages show it: without user, password and query. */
export function shownAddress(address: string): string {
  const { origin, pathname } = new URL(address);
  return `${origin}${pathname}`;
}
