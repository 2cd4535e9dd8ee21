import { UserError } from '../base/errors.ts';
import type { ParsedText, Path } from './parse.ts';

/** An environment value that went into the configuration, and where. */
export interface UsedVariable {
  readonly name: string;
  readonly value: string;
  readonly path: Path;
}

export interface Interpolated {
  readonly value: unknown;
  readonly used: readonly UsedVariable[];
}

const pattern = /\$\{(?<name>[A-Za-z_][A-Za-z0-9_]*)(?::-(?<fallback>[^}]*))?\}/gu;

/**
 * Fills `${NAME}` and `${NAME:-default}` in every string. An empty variable counts as unset where there is a default.
 * Throws a `UserError` for an unset one without a default.
 */
export function interpolate(
  parsed: ParsedText,
  environment: Readonly<Record<string, string | undefined>>,
): Interpolated {
  const used: UsedVariable[] = [];
  const fill = (text: string, path: Path): string =>
    text.replaceAll(pattern, (_, name: string, fallback: string | undefined) => {
      const value = environment[name];
      if (value !== undefined && (value !== '' || fallback === undefined)) {
        used.push({ name, value, path });
        return value;
      }
      if (fallback !== undefined) return fallback;
      throw new UserError(`${parsed.where(path)}: environment variable "${name}" is not set`, {
        hint: `set it, or give it a default: \${${name}:-value}`,
      });
    });
  return { value: walk(parsed.value, [], fill), used };
}

function walk(value: unknown, path: Path, fill: (text: string, path: Path) => string): unknown {
  if (typeof value === 'string') return fill(value, path);
  if (Array.isArray(value)) return value.map((item, index) => walk(item, [...path, index], fill));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, walk(member, [...path, key], fill)]),
  );
}
