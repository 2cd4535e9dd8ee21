import { callKind } from './call.ts';
import { comparisonKind } from './comparison.ts';
import type { DocumentKind } from './document.ts';
import { drillKind } from './drill.ts';
import { goldKind } from './gold.ts';
import { judgingKind } from './judging.ts';
import { planKind } from './plan.ts';
import { rollbackKind } from './rollback.ts';
import { runKind } from './run.ts';
import { scoreKind } from './score.ts';
import { verdictKind } from './verdict.ts';

/** Every kind of document that a store has. */
export const documentKinds: readonly DocumentKind[] = [
  planKind,
  callKind,
  scoreKind,
  runKind,
  comparisonKind,
  verdictKind,
  judgingKind,
  drillKind,
  rollbackKind,
  goldKind,
];
