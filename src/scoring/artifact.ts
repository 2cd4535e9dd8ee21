import { canonicalJson, sha256 } from '../base/canonical.ts';
import { versionFields } from './answer.ts';
import type { VersionField, Versions } from './answer.ts';
import type { Artifact } from './record.ts';

/** The version fields that are not there; an empty one is not. */
export function missingVersions(versions: Versions | undefined): VersionField[] {
  return versionFields.filter((field) => (versions?.[field] ?? '') === '');
}

/**
 * The artifact that an arm reports: SHA-256 of the canonical JSON of the five version fields, null where absent, and the fields that are there.
 * `complete` is false with any of them missing: then it equals no other artifact.
 */
export function artifactOf(versions: Versions | undefined): Artifact {
  const missing = new Set(missingVersions(versions));
  const present = Object.fromEntries(
    versionFields.flatMap((field) => (missing.has(field) ? [] : [[field, versions?.[field]]])),
  );
  const all = Object.fromEntries(versionFields.map((field) => [field, present[field] ?? null]));
  return { sha256: sha256(canonicalJson(all)), complete: missing.size === 0, ...present };
}
