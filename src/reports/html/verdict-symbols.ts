import type { RuleVerdict } from '../../gates/verdict.ts';

/** The sign of a verdict: told beside its word, for who sees no colours. */
export const verdictSymbols: Readonly<Record<RuleVerdict['verdict'], string>> = {
  pass: '✓',
  fail: '✗',
  inconclusive: '?',
  error: '!',
  waived: '–',
};
