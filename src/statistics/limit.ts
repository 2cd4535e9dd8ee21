export type Direction = 'at_most' | 'at_least';

/** A value that still passes, and on which side of it others do. */
export interface Limit {
  readonly limit: number;
  readonly direction: Direction;
}

/** Float noise that no limit is meant to see. */
export const noise = 1e-9;

/** Whether a value is on the passing side of the limit. */
export function within(value: number, { limit, direction }: Limit): boolean {
  return direction === 'at_most' ? value <= limit + noise : value >= limit - noise;
}
