import type { ArmSettings } from '../arms/options.ts';
import { armKinds } from '../arms/kinds.ts';
import { UserError } from '../base/errors.ts';
import { nearestName } from '../text/nearest.ts';
import type { ParsedText } from './parse.ts';
import { problemsError } from './problems.ts';

type RawArms = Readonly<Record<string, unknown>>;

/** Checks every arm by its kind's own schema, after `extends`. Throws a `UserError` that names file, line and the nearest known name. */
export function readArms(arms: RawArms, parsed: ParsedText): ReadonlyMap<string, ArmSettings> {
  const read = Object.keys(arms).map((name) => [name, readArm(name, arms, parsed)] as const);
  return new Map(read);
}

/**
 * Throws a `UserError` when the baseline is the candidate, or when one of them is written in the file and none of its arms: both would
 * compare with nothing.
 */
export function checkRoles(
  names: { readonly baseline: string; readonly candidate: string; readonly arms: RawArms },
  parsed: ParsedText,
): void {
  const known = Object.keys(names.arms);
  for (const role of ['baseline', 'candidate'] as const) {
    if (!hasKey(parsed.value, role) || !hasKey(parsed.value, 'arms') || known.includes(names[role])) continue;
    const near = nearestName(names[role], known);
    throw new UserError(`${parsed.where([role])}: ${role} "${names[role]}" is no arm`, {
      hint: near === undefined ? `arms: ${known.join(', ')}` : `did you mean "${near}"?`,
    });
  }
  if (names.baseline !== names.candidate) return;
  throw new UserError(`${parsed.where(['candidate'])}: "${names.baseline}" is both baseline and candidate`, {
    hint: 'a stack compared with itself passes whatever it does: name two arms',
  });
}

function hasKey(value: unknown, key: string): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key);
}

function readArm(name: string, arms: RawArms, parsed: ParsedText): ArmSettings {
  const raw = extended(name, arms, { parsed, seen: [] });
  const kindName = raw['kind'];
  const kind = armKinds.find((candidate) => candidate.kind === kindName);
  if (kind === undefined) throw unknownKind(name, kindName, parsed);
  const result = kind.schema.safeParse(raw);
  if (!result.success)
    throw problemsError(result.error.issues, { parsed, prefix: ['arms', name], schema: kind.schema });
  return result.data;
}

function unknownKind(name: string, found: unknown, parsed: ParsedText): UserError {
  const known = armKinds.map((kind) => kind.kind);
  const hint = `known kinds: ${known.join(', ')}`;
  const where = parsed.where(['arms', name, 'kind']);
  if (found === undefined) return new UserError(`${where}: arm "${name}" has no kind`, { hint });
  const near = nearestName(typeof found === 'string' ? found : '', known);
  return new UserError(`${where}: arm kind ${JSON.stringify(found)} is not known`, {
    hint: near === undefined ? hint : `did you mean "${near}"? ${hint}`,
  });
}

/** `extends` takes every key from another arm that this one does not set itself. */
function extended(
  name: string,
  arms: RawArms,
  from: { parsed: ParsedText; seen: readonly string[] },
): Record<string, unknown> {
  const raw = arms[name];
  const where = from.parsed.where(['arms', name]);
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
    throw new UserError(`${where}: arm "${name}" is not a map of keys`, {
      hint: 'write "kind: http" and "url: …" below it',
    });
  }
  const { extends: parent, ...own } = raw as Record<string, unknown>;
  if (parent === undefined) return own;
  if (typeof parent !== 'string' || !Object.hasOwn(arms, parent)) {
    throw new UserError(`${where}: arm "${name}" extends ${JSON.stringify(parent)}, which is not there`, {
      hint: `arms: ${Object.keys(arms).join(', ')}`,
    });
  }
  if (from.seen.includes(parent) || parent === name)
    throw new UserError(`${where}: arm "${name}" extends itself`, { hint: 'let one of them stand alone' });
  return { ...extended(parent, arms, { parsed: from.parsed, seen: [...from.seen, name] }), ...own };
}
