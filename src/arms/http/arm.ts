import type {
  Answer,
  CallFinding,
  FaultAnswer,
  OkAnswer,
  StageSeconds,
  Versions,
} from '../../scoring/answer.ts';
import type { Arm } from '../arm.ts';
import type { ArmContext } from '../context.ts';
import { createFieldReader } from '../response/field-reader.ts';
import { decompress } from './body.ts';
import type { Exchange, HttpResponse } from './messages.ts';
import { errorBodyOf, exchangeWish } from './error-body.ts';
import { compileRequest } from './request.ts';
import { HttpTransport } from './transport.ts';
import type { HttpSettings } from './settings.ts';
import { parseJson } from '../json-text.ts';
import { compileMapping } from '../response/mapping.ts';
import type { MapResponse } from '../response/mapping.ts';
import { parseResponse } from '../response/parse-response.ts';
import { stagesOfServerTiming } from '../response/parse-stages.ts';
import { versionsOfHeaders } from '../response/parse-versions.ts';
import { retryAfterSeconds } from '../retry-after.ts';

interface Reading {
  readonly map: MapResponse;
  readonly context: ArmContext;
}

/** Opens an arm behind HTTP; no connection is made before the first call. Throws a `UserError` for settings that cannot work. */
export function openHttp(settings: HttpSettings, context: ArmContext): Arm {
  const { origin, build } = compileRequest(settings, { arm: context.name, userAgent: context.userAgent });
  const reading: Reading = { map: compileMapping(settings.response, context.name), context };
  const transport = new HttpTransport(origin, {
    maxBodyBytes: context.maxResponseBytes,
    connectSeconds: settings.timeoutSeconds + 1,
    clock: context.clock,
  });
  return {
    name: context.name,
    kind: settings.kind,
    ask: async (request, options) =>
      answerOf(await transport.exchange(build(request), exchangeWish(options)), reading),
    close: () => transport.close(),
  };
}

async function answerOf(exchange: Exchange, reading: Reading): Promise<Answer> {
  if (exchange.kind === 'fault')
    return { outcome: exchange.fault, message: reading.context.redact(exchange.message) };
  if (exchange.status > 299) return statusFault(exchange, reading.context);
  return readBody(exchange, reading);
}

/** The fault of a status outside 2xx. Its body is there only where the call asked for it: it may echo what was sent. */
export async function statusFault(response: HttpResponse, context: ArmContext): Promise<FaultAnswer> {
  const versions = versionsOfHeaders(response.headers, createFieldReader(context.redact));
  const wait =
    response.status === 429
      ? retryAfterSeconds(response.headers['retry-after'], context.clock.now())
      : undefined;
  const errorBody = await errorBodyOf(response, context);
  const redirected = response.status >= 300 && response.status < 400 ? '; redirects are not followed' : '';
  return {
    outcome: 'status',
    status: response.status,
    message: `HTTP status ${response.status}${redirected}`,
    ...(wait === undefined ? {} : { retryAfterSeconds: wait }),
    ...(Object.keys(versions).length === 0 ? {} : { versions }),
    ...(errorBody === undefined ? {} : { errorBody }),
  };
}

async function readBody(response: HttpResponse, { map, context }: Reading): Promise<Answer> {
  const fault = (message: string): FaultAnswer => ({ outcome: 'shape', status: response.status, message });
  const body = await decompress(
    response.body,
    response.headers['content-encoding'],
    context.maxResponseBytes,
  );
  if (!body.ok) return fault(body.message);
  const json = parseJson(body.bytes);
  if (!json.ok) return fault(`the response is ${json.message}`);
  const mapped = map(json.value);
  if (!mapped.ok && mapped.said === true)
    return { outcome: 'status', status: response.status, message: context.redact(mapped.message) };
  if (!mapped.ok) return fault(mapped.message);
  const parsed = parseResponse(mapped.value, context.redact);
  if (!parsed.ok) return fault(parsed.message);
  return withHeaders(
    { outcome: 'ok', status: response.status, timing: response.timing, ...parsed },
    response,
    context,
  );
}

type Parsed = OkAnswer & { readonly ok?: true };

/** Adds what the headers say about stages and versions, where the body says nothing. */
function withHeaders(answer: Parsed, response: HttpResponse, context: ArmContext): OkAnswer {
  if (!saysMore(response.headers))
    return {
      outcome: 'ok',
      status: response.status,
      timing: answer.timing,
      response: answer.response,
      findings: answer.findings,
    };
  const reader = createFieldReader(context.redact);
  const versions: Versions = { ...versionsOfHeaders(response.headers, reader), ...answer.response.versions };
  const stages = hasMembers(answer.response.stages)
    ? answer.response.stages
    : stagesOfHeaders(response, reader);
  return {
    outcome: 'ok',
    status: response.status,
    timing: answer.timing,
    response: {
      ...answer.response,
      ...(hasMembers(stages) ? { stages } : {}),
      ...(hasMembers(versions) ? { versions } : {}),
    },
    findings: withoutDoubles([...answer.findings, ...reader.findings]),
  };
}

/** Whether any header can be about stages or versions: most responses have none. */
function saysMore(headers: HttpResponse['headers']): boolean {
  for (const name in headers) if (name.startsWith('x-') || name === 'server-timing') return true;
  return false;
}

function stagesOfHeaders(response: HttpResponse, reader: ReturnType<typeof createFieldReader>): StageSeconds {
  const header = response.headers['server-timing'];
  if (header === undefined) return {};
  return stagesOfServerTiming(Array.isArray(header) ? header.join(',') : header, reader);
}

function hasMembers(value: object | undefined): value is object {
  return value !== undefined && Object.keys(value).length > 0;
}

function withoutDoubles(findings: readonly CallFinding[]): readonly CallFinding[] {
  return findings.filter(
    (finding, index) =>
      findings.findIndex((other) => other.code === finding.code && other.field === finding.field) === index,
  );
}
