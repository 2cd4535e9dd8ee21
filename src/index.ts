/**
 * The public API: everything a command does, behind `main`, which takes the outside world as one value; and the parts that read a
 * configuration, a gold set and what runs left, compare and judge it. `Arm` is what a kind of arm implements.
 */
export { exitCodes, UserError, type ExitCode } from './base/errors.ts';
export type { Build, PageAssets } from './base/build.ts';
export type { Clock, Sink, World } from './base/world.ts';
export { main } from './main.ts';
export { processWorld } from './process-world.ts';

export type { Config } from './config/config.ts';
export type { Overrides } from './config/overrides.ts';
export { configOf, loadConfig, type ConfigOptions, type Surroundings } from './config/load.ts';

export type { Anchor, GoldSet, Question, ResolvedAnchor } from './plan/gold-set.ts';
export { loadGold, type LoadOptions } from './gold/load.ts';

export type { Arm, AskOptions, AskRequest } from './arms/arm.ts';
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

export { openEmbedder } from './embed/open.ts';
export type { EmbedderConfig } from './embed/schema.ts';
export type { EmbedderContext } from './embed/provider.ts';
export type { Embedder } from './embed/embedder.ts';

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
export { findRun } from './store/find-run.ts';
export type { RunFolder } from './store/run-folder.ts';
export { readRecord } from './store/documents/run.ts';
export { readEvidence, type EvidenceOptions } from './store/evidence/read-evidence.ts';
export type { Evidence } from './statistics/evidence/evidence.ts';

export { compareRuns, type Comparison, type ComparisonOptions } from './statistics/comparison.ts';
export type { Pair } from './statistics/pair.ts';
export { judge } from './gates/judge.ts';
export type { JudgeContext } from './gates/context.ts';
export { policyOf, type Policy, type PolicyBasis } from './gates/policy.ts';
export type { GateSettings } from './gates/schema.ts';
export { revalidate } from './gates/validity/revalidate.ts';
export type { ValidityContext } from './gates/validity/context.ts';
export type { RuleVerdict, Verdict } from './gates/verdict.ts';
