/** An arm's place among the arms that are asked together. */
export interface PaceMember {
  /** Resolves when the cell at this position of the common order may be asked; `undefined` when that is now. */
  turn(position: number): Promise<void> | undefined;
  /** This arm asks no more and holds nobody up. */
  leave(): void;
}

export interface Lockstep {
  join(): PaceMember;
}

/**
 * Keeps arms that walk the same order within `maxAhead` cells of each other, so that both are asked about the same things at about the
 * same time and noise hits both alike. Only the faster one waits, so the whole takes no longer.
 */
export function createPace(maxAhead: number): Lockstep {
  const positions = new Map<PaceMember, number>();
  let waiting: (() => void)[] = [];
  const wake = (): void => {
    if (waiting.length === 0) return;
    const woken = waiting;
    waiting = [];
    for (const resolve of woken) resolve();
  };
  const slowest = (): number => Math.min(...positions.values());
  const isAhead = (member: PaceMember, position: number): boolean =>
    positions.has(member) && position - slowest() > maxAhead;
  const untilOthersFollow = async (member: PaceMember, position: number): Promise<void> => {
    while (isAhead(member, position)) await new Promise<void>((resolve) => waiting.push(resolve));
  };
  const join = (): PaceMember => {
    const member: PaceMember = {
      turn(position) {
        positions.set(member, Math.max(position, positions.get(member) ?? 0));
        wake();
        return isAhead(member, position) ? untilOthersFollow(member, position) : undefined;
      },
      leave() {
        positions.delete(member);
        wake();
      },
    };
    positions.set(member, 0);
    return member;
  };
  return { join };
}
