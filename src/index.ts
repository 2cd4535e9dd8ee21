/**
 * The public API: what a program needs to run sessions, to read records and to write arms.
 * Everything a command does is behind `main`, which takes the outside world as one value.
 */
export { exitCodes, UserError, type ExitCode } from './base/errors.ts';
export type { Clock, Sink, World } from './base/world.ts';
export { main } from './main.ts';
export { processWorld } from './process-world.ts';
export type { Anchor, GoldSet, Question, ResolvedAnchor } from './plan/gold-set.ts';
export type {
  Answer,
  Fault,
  FaultAnswer,
  OkAnswer,
  Outcome,
  Response,
  Snippet,
  ToolCall,
  Versions,
} from './scoring/answer.ts';
export type {
  Artifact,
  BothViews,
  CallLine,
  EmbedderIdentity,
  Finding,
  LambdaState,
  RunRecord,
  ScoreLine,
  Summary,
} from './scoring/record.ts';
export type { Arm, AskOptions, AskRequest } from './arms/arm.ts';
export type { Config } from './config/config.ts';
export { configOf, loadConfig } from './config/load.ts';
export { loadGold } from './gold/load.ts';
export { openEmbedder } from './embed/open.ts';
export type { Embedder } from './embed/embedder.ts';
export { findRun } from './store/find-run.ts';
export { readRecord } from './store/documents/read-record.ts';
export { readEvidence } from './store/evidence/read-evidence.ts';
export type { Evidence } from './statistics/evidence/evidence.ts';
export { compareRuns, type Comparison } from './statistics/comparison.ts';
export { judge } from './gates/judge.ts';
export { policyOf, type Policy } from './gates/policy.ts';
export type { JudgeContext } from './gates/context.ts';
export { revalidate } from './gates/validity/revalidate.ts';
export type { RuleVerdict, Verdict } from './gates/verdict.ts';
