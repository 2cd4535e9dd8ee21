import { exitCodes, UserError } from '../base/errors.ts';
import type { Clock } from '../base/world.ts';
import { versionFields } from '../scoring/answer.ts';
import type { Answer, OkAnswer, Versions } from '../scoring/answer.ts';
import type { Arm } from './arm.ts';
import type { ArmContext } from './context.ts';
import { createFieldReader, readObject, ShapeError } from './response/field-reader.ts';
import { decompress } from './http/body.ts';
import type { Exchange, HttpRequest } from './http/messages.ts';
import { HttpTransport } from './http/transport.ts';
import { parseJson } from './json-text.ts';
import type { ArmSettings } from './options.ts';
import { parseVersions } from './response/parse-versions.ts';

/** What one look at a `versionsUrl` found. */
export type ReadVersions =
  | { readonly ok: true; readonly versions: Versions }
  | { readonly ok: false; readonly message: string };

/** A failed look is not repeated before this time has passed: an arm that is down is not asked twice for every call. */
const lookAgainSeconds = 5;
const longestLookMilliseconds = 10_000;

/** Asks a `versionsUrl`, as often as it is asked to. */
export interface VersionsReader {
  read(signal: AbortSignal): Promise<ReadVersions>;
  close(): Promise<void>;
}

/** What a reader needs of an arm's surroundings. */
export type VersionsContext = Pick<ArmContext, 'redact' | 'userAgent' | 'maxResponseBytes' | 'clock'>;

/** A reader of an arm's `versionsUrl`, which has to be set. Headers go along only where the URL has the arm's own origin. */
export function openVersionsReader(settings: ArmSettings, context: VersionsContext): VersionsReader {
  const url = new URL(settings.versionsUrl ?? '');
  const transport = new HttpTransport(url.origin, {
    maxBodyBytes: context.maxResponseBytes,
    connectSeconds: settings.timeoutSeconds + 1,
    clock: context.clock,
  });
  const request = requestOf(url, settings, context);
  return {
    read: async (signal) => versionsIn(await transport.exchange(request, { signal }), context),
    close: () => transport.close(),
  };
}

/**
 * An arm whose missing version fields come from `versionsUrl`: looked up at the first answer that lacks one and kept for the arm's life;
 * `versions()` looks anew each time and rejects with a `UserError` (exit 4) when they are not to be had. A failed look leaves the fields missing, with
 * the finding `versions_unavailable`.
 */
export function withVersionsUrl(arm: Arm, settings: ArmSettings, context: ArmContext): Arm {
  const reader = openVersionsReader(settings, context);
  const milliseconds = Math.min(longestLookMilliseconds, settings.timeoutSeconds * 1000);
  const kept = keep(() => reader.read(AbortSignal.timeout(milliseconds)), context.clock);
  return {
    name: arm.name,
    kind: arm.kind,
    ask: async (question, options) => {
      const answer = await arm.ask(question, options);
      return lacksVersion(answer) ? completed(answer, await kept()) : answer;
    },
    versions: async ({ signal }) => {
      const [found, own] = await Promise.all([reader.read(signal), arm.versions?.({ signal })]);
      if (found.ok) return { ...found.versions, ...own };
      throw new UserError(`arm "${arm.name}" does not report its versions: ${found.message}`, {
        exitCode: exitCodes.error,
        hint: 'see versionsUrl',
      });
    },
    close: async () => {
      await Promise.all([arm.close(), reader.close()]);
    },
  };
}

function keep(look: () => Promise<ReadVersions>, clock: Clock): () => Promise<ReadVersions> {
  let last: { readonly read: Promise<ReadVersions>; failedAt: number | undefined } | undefined;
  return () => {
    if (
      last !== undefined &&
      (last.failedAt === undefined || clock.monotonic() - last.failedAt < lookAgainSeconds)
    )
      return last.read;
    const current: NonNullable<typeof last> = { read: look(), failedAt: undefined };
    last = current;
    void current.read.then((read) => {
      if (!read.ok) current.failedAt = clock.monotonic();
    });
    return current.read;
  };
}

function lacksVersion(answer: Answer): answer is OkAnswer {
  return (
    answer.outcome === 'ok' && versionFields.some((field) => answer.response.versions?.[field] === undefined)
  );
}

function completed(answer: OkAnswer, found: ReadVersions): OkAnswer {
  if (!found.ok) return { ...answer, findings: [...answer.findings, { code: 'versions_unavailable' }] };
  return {
    ...answer,
    response: { ...answer.response, versions: { ...found.versions, ...answer.response.versions } },
  };
}

function requestOf(url: URL, settings: ArmSettings, context: VersionsContext): HttpRequest {
  const headers = new Map([
    ['accept', 'application/json'],
    ['user-agent', context.userAgent],
  ]);
  for (const [name, value] of Object.entries(headersFor(url, settings)))
    if (!value.includes('{{')) headers.set(name.toLowerCase(), value);
  if (url.username !== '' || url.password !== '') {
    const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    headers.set('authorization', `Basic ${Buffer.from(pair, 'utf8').toString('base64')}`);
  }
  headers.delete('content-type');
  return { method: 'GET', path: url.pathname + url.search, headers: [...headers].flat(), body: null };
}

function headersFor(
  url: URL,
  settings: ArmSettings & { readonly url?: unknown; readonly headers?: unknown },
): Readonly<Record<string, string>> {
  if (typeof settings.url !== 'string' || typeof settings.headers !== 'object' || settings.headers === null)
    return {};
  const isSameOrigin = URL.canParse(settings.url) && new URL(settings.url).origin === url.origin;
  return isSameOrigin ? (settings.headers as Readonly<Record<string, string>>) : {}; // the http kind's schema has checked them
}

async function versionsIn(exchange: Exchange, context: VersionsContext): Promise<ReadVersions> {
  if (exchange.kind === 'fault') return { ok: false, message: exchange.message };
  if (exchange.status > 299) return { ok: false, message: `HTTP status ${exchange.status}` };
  const body = await decompress(
    exchange.body,
    exchange.headers['content-encoding'],
    context.maxResponseBytes,
  );
  if (!body.ok) return body;
  const json = parseJson(body.bytes);
  if (!json.ok) return json;
  try {
    return {
      ok: true,
      versions: parseVersions(readObject(json.value, 'the response'), createFieldReader(context.redact)),
    };
  } catch (error) {
    if (error instanceof ShapeError) return { ok: false, message: error.message };
    throw error;
  }
}
