import type { AskOptions } from '../arm.ts';
import type { ArmContext } from '../context.ts';
import { decompress } from './body.ts';
import type { HttpResponse } from './messages.ts';
import type { ExchangeWish } from './transport.ts';

/** Far more than is shown, so that no secret is cut before it is redacted. */
const maxErrorBytes = 64 * 1024;
const shownCharacters = 500;

export function exchangeWish({ signal, wantsErrorBody = false }: AskOptions): ExchangeWish {
  return wantsErrorBody ? { signal, maxErrorBytes } : { signal };
}

/** The start of what came with an error status, on one line, secrets redacted; `undefined` where it was not read, is empty, or is not text. */
export async function errorBodyOf(
  { body, headers }: HttpResponse,
  { redact }: Pick<ArmContext, 'redact'>,
): Promise<string | undefined> {
  const decompressed = await decompress(body, headers['content-encoding'], 16 * maxErrorBytes);
  if (!decompressed.ok) return undefined;
  const text = redact(decompressed.bytes.toString('utf8')).slice(0, maxErrorBytes / 4);
  const line = text.replaceAll(/\s+/gu, ' ').trim();
  const points = Array.from(line);
  if (points.length === 0) return undefined;
  return points.length > shownCharacters ? `${points.slice(0, shownCharacters - 1).join('')}…` : line;
}
