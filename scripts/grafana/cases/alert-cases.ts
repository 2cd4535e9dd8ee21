import type { AlertCase } from './alert-case.ts';
import { gone, sight } from './blind-cases.ts';
import { breaches } from './breach-cases.ts';
import { brokenWatches } from './broken-cases.ts';
import { drills, judged } from './judged-cases.ts';

/** Every state in which an alert has to fire, or to keep quiet. */
export const alertCases: readonly AlertCase[] = [
  ...breaches,
  ...brokenWatches,
  ...sight,
  ...gone,
  ...judged,
  ...drills,
];
