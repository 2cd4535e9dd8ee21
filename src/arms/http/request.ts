import { UserError } from '../../base/errors.ts';
import type { AskRequest } from '../arm.ts';
import type { HttpSettings } from './settings.ts';
import type { HttpRequest } from './messages.ts';
import { compileText, compileTree, encodeForUrl } from '../template.ts';
import type { FillText } from '../template.ts';

export interface CompiledRequest {
  /** Scheme, host and port. */
  readonly origin: string;
  readonly build: (request: AskRequest) => HttpRequest;
}

interface Place {
  readonly arm: string;
  readonly userAgent: string;
}

const defaultBody = { question: '{{question}}', seed: '{{seed}}' };
/** Headers that belong to the connection, not to the request. */
const connectionHeaders: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'te',
  'transfer-encoding',
  'upgrade',
]);

/**
 * Compiles URL, headers and body once. Throws a `UserError` for what cannot be sent: a URL that is none, a placeholder in its host, a
 * variable that is not known, a body on a GET, a header that is not allowed. Values of headers are never named: they may be secrets.
 */
export function compileRequest(settings: HttpSettings, place: Place): CompiledRequest {
  if (settings.method === 'GET' && settings.body !== undefined) {
    throw new UserError(`arm "${place.arm}" has a body and the method "GET"`, {
      hint: 'leave one of them out; a GET carries its question in the url',
    });
  }
  const url = compileUrl(settings.url, place.arm);
  const body =
    settings.method === 'GET'
      ? undefined
      : compileTree(settings.body ?? defaultBody, `the body of arm "${place.arm}"`);
  const headers = compileHeaders(settings, { place, credentials: url.credentials });
  const build = (request: AskRequest): HttpRequest => ({
    method: settings.method,
    path: url.path(request),
    headers: headers.flatMap(([name, fill]) => [name, fill(request)]),
    body: body === undefined ? null : JSON.stringify(body(request)),
  });
  return { origin: url.origin, build };
}

interface CompiledUrl {
  readonly origin: string;
  readonly path: FillText;
  /** `user:password`, where the URL has them. */
  readonly credentials: string | undefined;
}

function compileUrl(template: string, arm: string): CompiledUrl {
  const where = `the url of arm "${arm}"`;
  const placeholders: string[] = [];
  // Placeholders are replaced by plain letters while the URL is taken apart: an URL parser would encode their braces.
  const plain = template.replace(
    /\{\{[^{}]*\}\}/g,
    (placeholder) => `zqx${placeholders.push(placeholder) - 1}xqz`,
  );
  if (!URL.canParse(plain))
    throw new UserError(`${where} is not a URL`, { hint: 'write it in full, like https://host/ask' });
  const url = new URL(plain);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new UserError(`${where} has the scheme "${url.protocol}"`, { hint: 'known: http, https' });
  }
  const credentials =
    url.username === '' && url.password === ''
      ? undefined
      : `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  if (/zqx\d+xqz/.test(url.host + (credentials ?? '')))
    throw new UserError(`${where} has a placeholder before its path`);
  const path = (url.pathname + url.search).replace(
    /zqx(\d+)xqz/g,
    (_, index) => placeholders[Number(index)] ?? '',
  );
  return { origin: url.origin, path: compileText(path, where, encodeForUrl), credentials };
}

function compileHeaders(
  settings: HttpSettings,
  given: { readonly place: Place; readonly credentials: string | undefined },
): ReadonlyArray<readonly [string, FillText]> {
  const templates = new Map<string, string>([
    ...(settings.method === 'GET' ? [] : ([['content-type', 'application/json']] as const)),
    ['accept', 'application/json'],
    ['user-agent', given.place.userAgent],
    ['traceparent', '{{traceparent}}'],
    ['idempotency-key', '{{idempotency_key}}'],
  ]);
  if (given.credentials !== undefined)
    templates.set('authorization', `Basic ${Buffer.from(given.credentials, 'utf8').toString('base64')}`);
  for (const [name, value] of Object.entries(settings.headers ?? {}))
    templates.set(checkedName(name, value, given.place.arm), value);
  return [...templates].map(
    ([name, value]) =>
      [name, compileText(value, `header "${name}" of arm "${given.place.arm}"`, encodeForUrl)] as const,
  );
}

function checkedName(name: string, value: string, arm: string): string {
  const lowerName = name.toLowerCase();
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name))
    throw new UserError(`"${name}" is no header name (arm "${arm}")`);
  if (connectionHeaders.has(lowerName)) {
    throw new UserError(`header "${name}" of arm "${arm}" cannot be set`, {
      hint: 'it belongs to the connection',
    });
  }
  if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) {
    throw new UserError(`header "${name}" of arm "${arm}" holds a character that no header may have`, {
      hint: 'a line break at the end of a secret is a frequent cause',
    });
  }
  return lowerName;
}
