import type { Input } from './world.ts';

/** One alert that fires: its labels beside those of its rule, and its value where its text shows it. */
export interface Firing {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value?: number;
}

export interface AlertCase {
  readonly name: string;
  readonly changes: Input;
  /** Whatever is not named here, and is not the dead man's switch, must be silent. */
  readonly fires: Readonly<Record<string, readonly Firing[]>>;
}

/** Nothing but the dead man's switch fires. */
export const quiet = (name: string, changes: Input): AlertCase => ({ name, changes, fires: {} });
type Named = readonly [name: string, changes: Input, firing?: Firing];
/** One alert fires, once. */
export const fires = (alert: string, ...[name, changes, firing = {}]: Named): AlertCase => ({
  name: `${alert}: ${name}`,
  changes,
  fires: { [alert]: [firing] },
});
