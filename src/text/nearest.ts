import leven from 'leven';

/** The known name that is nearest to what was written, when it is near enough to be a slip of the fingers. */
export function nearestName(written: string, known: readonly string[]): string | undefined {
  const ranked = known.map((name) => ({
    name,
    distance: leven(written.toLowerCase(), name.toLowerCase()),
  }));
  const best = ranked.reduce<(typeof ranked)[number] | undefined>(
    (a, b) => (a === undefined || b.distance < a.distance ? b : a),
    undefined,
  );
  return best !== undefined && best.distance <= Math.max(2, Math.floor(written.length / 3))
    ? best.name
    : undefined;
}
