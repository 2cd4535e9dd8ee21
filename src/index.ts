/**
 * The public API: what a program needs to run sessions, to read records and to write arms.
 * Everything a command does is behind `main`, which takes the outside world as one value.
 */
export { exitCodes, UserError, type ExitCode } from './base/errors.ts';
export type { Clock, Sink, World } from './base/world.ts';
export { main } from './main.ts';
export type { Anchor, GoldSet, Question, ResolvedAnchor } from './core/gold-set.ts';
export type { Answer, Fault, FaultAnswer, OkAnswer, Outcome, Response, Snippet, ToolCall, Versions } from './core/answer.ts';
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
} from './core/record.ts';
export type { Arm, AskOptions, AskRequest } from './arms/arm.ts';
export type { Config } from './config/config.ts';
export { configOf, loadConfig } from './config/load.ts';
export { loadGold } from './gold/load.ts';
export { openEmbedder } from './embed/open.ts';
export type { Embedder } from './embed/embedder.ts';
export { findRun } from './engine/find-run.ts';
export { readRecord } from './engine/read-record.ts';
