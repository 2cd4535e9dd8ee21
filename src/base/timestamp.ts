import * as z from 'zod';

const dateTime = z.iso.datetime({ offset: true });

/** Milliseconds since 1970 of an RFC 3339 time with its zone and seconds, on a day that there is; `undefined` for everything else. */
export function parseTimestamp(text: string): number | undefined {
  const hasSeconds = /T\d{2}:\d{2}:\d{2}/u.test(text);
  return hasSeconds && dateTime.safeParse(text).success ? Date.parse(text) : undefined;
}
