/** A run's id: the second in which it was started, its arm, and six digits that tell two of one second apart. */
export const runIdPattern = /^\d{8}T\d{6}Z-[a-z0-9][a-z0-9-]{0,39}-[0-9a-f]{6}$/u;

/** The part of a run's or session's id that tells when it was started. */
export function secondOf(id: string): string {
  return id.slice(0, '20261122T213000Z'.length);
}

/** The part of a run's id that names its arm. */
export function armOfRun(id: string): string {
  return id.slice('20261122T213000Z-'.length, -'-3f9a1c'.length);
}

/** When a run was started, in milliseconds since 1970, to the second. */
export function startOf(id: string): number {
  const [, year, month, day, hour, minute, second] =
    /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/u.exec(id) ?? [];
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

/** The run ids that stand in a text. */
export function runIdsIn(text: string): readonly string[] {
  return [...text.matchAll(/\d{8}T\d{6}Z-[a-z0-9][a-z0-9-]{0,39}-[0-9a-f]{6}(?![a-z0-9-])/gu)].map(
    ([id]) => id,
  );
}
