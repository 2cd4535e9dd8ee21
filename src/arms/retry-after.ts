const httpDate = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;

/** Seconds that a `Retry-After` header asks to wait: a number or an HTTP date from now on; `undefined` for anything else and for the past. */
export function retryAfterSeconds(
  header: string | readonly string[] | undefined,
  now: number,
): number | undefined {
  if (typeof header !== 'string') return undefined;
  const text = header.trim();
  const seconds = /^\d+(\.\d+)?$/.test(text)
    ? Number(text)
    : httpDate.test(text)
      ? (Date.parse(text) - now) / 1000
      : Number.NaN;
  return Number.isFinite(seconds) && seconds >= 0 ? seconds : undefined;
}
