import { UserError } from '../base/errors.ts';
import type { ParsedText, Path } from './parse.ts';

/** An environment value that went into the configuration, and where. */
export interface UsedVariable {
  readonly name: string;
  readonly value: string;
  readonly path: Path;
}

/** A variable that the configuration names and the environment lacks. */
export interface UnsetVariable {
  readonly path: Path;
  /** What to tell who needs it. */
  readonly error: UserError;
}

export interface Interpolated {
  /** Without an unset variable's value, which stands there as it is written. */
  readonly value: unknown;
  readonly used: readonly UsedVariable[];
  readonly unset: readonly UnsetVariable[];
}

const pattern = /\$\{(?<name>[A-Za-z_][A-Za-z0-9_]*)(?::-(?<fallback>[^}]*))?\}/gu;

/**
 * Fills `${NAME}` and `${NAME:-default}` in every string. An empty variable counts as unset where there is a default; of unset ones without a
 * default it tells, for somebody may not need them.
 */
export function interpolate(
  parsed: ParsedText,
  environment: Readonly<Record<string, string | undefined>>,
): Interpolated {
  const used: UsedVariable[] = [];
  const unset: UnsetVariable[] = [];
  const fill = (text: string, path: Path): string =>
    text.replaceAll(pattern, (written: string, name: string, fallback: string | undefined) => {
      const value = environment[name];
      if (value !== undefined && (value !== '' || fallback === undefined)) {
        used.push({ name, value, path });
        return value;
      }
      if (fallback !== undefined) return fallback;
      const error = new UserError(`${parsed.where(path)}: environment variable "${name}" is not set`, {
        hint: `set it, or give it a default: \${${name}:-value}`,
      });
      unset.push({ path, error });
      return written;
    });
  return { value: walk(parsed.value, [], fill), used, unset };
}

function walk(value: unknown, path: Path, fill: (text: string, path: Path) => string): unknown {
  if (typeof value === 'string') return fill(value, path);
  if (Array.isArray(value)) return value.map((item, index) => walk(item, [...path, index], fill));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, walk(member, [...path, key], fill)]),
  );
}
