import { codeOf } from '../base/errors.ts';

/** By code, with the host and port of the arm. */
const reasonsAt: Readonly<Record<string, (address: string) => string>> = {
  ECONNREFUSED: (address) => `connection refused at ${address}`,
  ECONNRESET: (address) => `connection reset by ${address}`,
  ENOTFOUND: (address) => `the host name of ${address} is not known`,
  EAI_AGAIN: (address) => `the host name of ${address} could not be looked up`,
  EHOSTUNREACH: (address) => `${address} cannot be reached`,
  ENETUNREACH: (address) => `the network of ${address} cannot be reached`,
  ETIMEDOUT: (address) => `the connection to ${address} timed out`,
  UND_ERR_CONNECT_TIMEOUT: (address) => `the connection to ${address} could not be set up in time`,
};

const reasons: Readonly<Record<string, string>> = {
  EPIPE: 'connection closed while the request was written',
  EADDRNOTAVAIL: 'no local address or port is left',
  EMFILE: 'too many open files',
  UND_ERR_DESTROYED: 'the arm was closed',
  UND_ERR_CLOSED: 'the arm was closed',
  CERT_HAS_EXPIRED: 'the TLS certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the TLS certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'the TLS certificate chain is self-signed',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the TLS certificate cannot be verified',
  ERR_TLS_CERT_ALTNAME_INVALID: 'the TLS certificate is for another host',
};

/**
 * What went wrong on the wire, in words of our own: an error's message may carry pieces of the response. Response headers
 * beyond any sense are a `shape` fault, everything else a `network` one.
 */
export function networkMessage(
  error: unknown,
  { answered, address }: { readonly answered: boolean; readonly address: string },
): { readonly fault: 'network' | 'shape'; readonly message: string } {
  const code = codeOf(error);
  if (code === 'UND_ERR_HEADERS_OVERFLOW')
    return { fault: 'shape', message: 'the response headers are too large' };
  if (code === 'UND_ERR_SOCKET' || (code === 'ECONNRESET' && answered)) {
    return {
      fault: 'network',
      message: answered ? 'closed before the response was complete' : 'closed before a response came',
    };
  }
  if (error instanceof Error && error.name === 'HTTPParserError')
    return { fault: 'network', message: 'the response is not HTTP' };
  const reason = code === undefined ? undefined : (reasonsAt[code]?.(address) ?? reasons[code]);
  if (reason !== undefined) return { fault: 'network', message: `${reason} (${code})` };
  return {
    fault: 'network',
    message: code === undefined ? 'the connection failed' : `the connection failed (${code})`,
  };
}
