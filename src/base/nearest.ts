/** The known name that is nearest to what was written, when it is near enough to be a slip of the fingers. */
export function nearestName(written: string, known: readonly string[]): string | undefined {
  const ranked = known.map((name) => ({
    name,
    distance: editDistance(written.toLowerCase(), name.toLowerCase()),
  }));
  const best = ranked.reduce<(typeof ranked)[number] | undefined>(
    (a, b) => (a === undefined || b.distance < a.distance ? b : a),
    undefined,
  );
  return best !== undefined && best.distance <= Math.max(2, Math.floor(written.length / 3))
    ? best.name
    : undefined;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
