import { UserError } from '../base/errors.ts';
import type { Overrides } from './overrides.ts';
import type { ParsedText } from './parse.ts';

/** Arms as they would be written in the file, by name. */
export type FurtherArms = Readonly<Record<string, object>>;

/** `--blue URL` and `--green URL` stand for arms of kind `http`, or give a configured arm another URL; a command may bring further arms. */
export function withUrls(
  value: unknown,
  overrides: Overrides & { readonly further: FurtherArms },
  parsed: ParsedText,
): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    if (value === null || value === undefined) return withUrls({}, overrides, parsed);
    throw new UserError(`${parsed.where([])}: the configuration is not a map of keys`, {
      hint: 'flipgate init writes a commented one',
    });
  }
  const top = value as Record<string, unknown>; // narrowed just above
  const urls = Object.entries({ blue: overrides.blue, green: overrides.green }).filter(
    (entry) => entry[1] !== undefined,
  );
  if (urls.length + Object.keys(overrides.further).length === 0) return top;
  const arms: Record<string, object> = {
    ...overrides.further,
    ...(top['arms'] as Record<string, object> | undefined),
  };
  for (const [name, url] of urls) arms[name] = { kind: 'http', ...arms[name], url };
  return { ...top, arms };
}

/** Where the server listens and its tokens; checked like those of the file. */
export function withServe(
  value: unknown,
  { listenHost: host, listenPort: port, token, readToken }: Overrides,
): unknown {
  const given = Object.entries({ host, port, token, readToken }).filter((entry) => entry[1] !== undefined);
  if (given.length === 0) return value;
  const top = value as Record<string, unknown>; // withUrls has made sure
  const serve = typeof top['serve'] === 'object' ? top['serve'] : {};
  return { ...top, serve: { ...serve, ...Object.fromEntries(given) } };
}
