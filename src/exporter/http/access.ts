import { createHash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';

/** Who may do what. */
export interface Access {
  /** Bearer token of calls that act; without one nothing acts. */
  readonly token?: string | undefined;
  /** Bearer token of what is read beside the open paths; has to be set where others than this machine can connect. */
  readonly readToken?: string | undefined;
  /** Names by which this server may be called, beside loopback's and addresses. */
  readonly hosts: readonly string[];
}

/** Read without a token, wherever the server listens: probes, scrapes and switches. */
const open = [/^\/healthz$/u, /^\/readyz$/u, /^\/metrics$/u, /^\/v1\/gates\//u, /^\/v1\/flagger\//u];

/** Whether a token lets somebody read a path. */
export function mayRead(
  { readToken, token }: Access,
  path: string,
  authorization: string | undefined,
): boolean {
  if (readToken === undefined || open.some((pattern) => pattern.test(path))) return true;
  return isBearer(authorization, readToken) || (token !== undefined && isBearer(authorization, token));
}

/** Whether a header carries a token. Takes as long for a wrong one as for the right one. */
export function isBearer(authorization: string | undefined, token: string): boolean {
  const given = /^Bearer +(\S+)$/iu.exec(authorization ?? '')?.[1] ?? '';
  return timingSafeEqual(digest(given), digest(token)) && given !== '';
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/**
 * Whether a `Host` header may call this server. A page of another site can make a browser call an address under that site's own name (DNS
 * rebinding): names count only when they are listed, addresses always.
 */
export function isKnownHost(header: string | undefined, { hosts }: Access): boolean {
  const name = hostName(header ?? '');
  return name !== undefined && (isIP(name) !== 0 || name === 'localhost' || hosts.includes(name));
}

function hostName(header: string): string | undefined {
  if (!/^[\w.[\]:-]+$/u.test(header) || !URL.canParse(`http://${header}`)) return undefined;
  return new URL(`http://${header}`).hostname.replace(/^\[(.*)\]$/u, '$1');
}

/** Whether only this machine can connect to an address that a server listens on. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/u.test(host);
}
