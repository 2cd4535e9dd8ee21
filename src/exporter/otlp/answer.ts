import { ProtobufMetricsSerializer } from '@opentelemetry/otlp-transformer';
import { jsonOrUndefined } from '../../base/json.ts';
import { sanitizeForTerminal } from '../../base/printable.ts';
import type { Redact } from '../../base/redact.ts';
import { maxBytes, type DeliveryAnswer } from '../deliver.ts';

/**
 * Why an answer with a status of success does not say that an OTLP receiver took everything. It does where it is empty, or a whole
 * `ExportMetricsServiceResponse` without refused points: in JSON, also where it does not call it so, or in protobuf that says what it is.
 * Anything else comes from something else, such as a proxy that wants a sign-in.
 */
export function otlpRefusal(
  { status, contentType, bytes, isWhole }: DeliveryAnswer,
  redact: Redact,
): string | undefined {
  const answered = `HTTP status ${status} with`;
  if (!isWhole)
    return `${answered} more than ${maxBytes} bytes, which says no more whether the series arrived`;
  const [type = ''] = contentType.toLowerCase().split(/\s*;/u);
  const text = redact(new TextDecoder().decode(bytes)).trim();
  if (bytes.length === 0 || text === '') return undefined;
  const isProtobuf = type === 'application/x-protobuf';
  const found = isProtobuf ? protobufObject(bytes) : jsonOrUndefined(text);
  if (isObject(found)) return refusedPoints(found, answered, redact);
  if (isProtobuf) return `${answered} protobuf that is no answer of OTLP`;
  const what = `${type === '' ? '' : `${sanitizeForTerminal(type, 60)} `}"${sanitizeForTerminal(text, 120)}"`;
  return `${answered} ${what}, where OTLP has nothing or a whole JSON object: something else answers there`;
}

function protobufObject(bytes: Uint8Array): unknown {
  try {
    return ProtobufMetricsSerializer.deserializeResponse(bytes);
  } catch {
    return undefined;
  }
}

/** A receiver may take a part and answer with success. Names are those of JSON or of protobuf. */
function refusedPoints(answer: Fields, answered: string, redact: Redact): string | undefined {
  for (const partial of [answer['partialSuccess'], answer['partial_success']]) {
    if (partial === undefined || partial === null) continue;
    if (!isObject(partial)) return `${answered} a partial success that cannot be read`;
    const counts = [partial['rejectedDataPoints'], partial['rejected_data_points']].map((count) =>
      Number(count ?? 0),
    );
    const refused = counts.find((count) => count !== 0);
    if (refused === undefined) continue;
    const message = partial['errorMessage'] ?? partial['error_message'];
    const points = Number.isSafeInteger(refused) ? `${refused} data points` : 'data points';
    return `it refused ${points}${typeof message === 'string' && message !== '' ? `: ${sanitizeForTerminal(redact(message))}` : ''}`;
  }
  return undefined;
}

type Fields = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
