import { versionFields } from '../../scoring/answer.ts';
import type { VersionField, Versions } from '../../scoring/answer.ts';
import { isAbsent, readText } from './field-reader.ts';
import type { FieldReader, JsonObject } from './field-reader.ts';

/** 1 to 128 characters, none of them a control, format, private or unassigned one or a line break, and not only spaces. */
const printable = /^(?=.*\S)[^\p{C}\p{Zl}\p{Zp}]{1,128}$/u;

/** The version fields in an object that a response, or `versionsUrl`, holds. Throws a `ShapeError` for a field that is no string. */
export function parseVersions(raw: JsonObject, reader: FieldReader): Versions {
  const versions: Versions = {};
  for (const field of versionFields) {
    if (!isAbsent(raw[field]))
      addVersion(versions, field, { value: readText(raw[field], `versions.${field}`), reader });
  }
  return versions;
}

const headerNames = versionFields.map((field) => {
  const name = `x-${field.toLowerCase()}`;
  return [field, name, name.replaceAll('_', '-')] as const;
});

/** The version fields in response headers: `x-index_hash` or, for what passed a proxy that drops underscores, `x-index-hash`. */
export function versionsOfHeaders(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
  reader: FieldReader,
): Versions {
  const versions: Versions = {};
  for (const [field, name, hyphenated] of headerNames) {
    const value = headers[name] ?? headers[hyphenated];
    if (typeof value === 'string')
      addVersion(versions, field, { value: Buffer.from(value, 'latin1').toString('utf8'), reader });
    else if (value !== undefined) reader.note('version_invalid', field);
  }
  return versions;
}

function addVersion(
  versions: Versions,
  field: VersionField,
  { value, reader }: { value: string; reader: FieldReader },
): void {
  const version = reader.clean(value);
  if (printable.test(version)) versions[field] = version;
  else reader.note('version_invalid', field);
}
