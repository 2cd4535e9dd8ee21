import path from 'node:path';
import { UserError, type ExitCode } from '../../base/errors.ts';
import type { World } from '../../base/world.ts';
import type { Config } from '../../config/config.ts';
import { loadConfig } from '../../config/load.ts';
import { unusedBy } from '../../config/unused.ts';
import { checkFiles } from '../../store/hashes.ts';
import { envelopeOf } from '../../store/documents/attestation.ts';
import { readRecord } from '../../store/documents/run.ts';
import type { RunFolder } from '../../store/run-folder.ts';
import { configuredPolicy } from '../../gates/policy.ts';
import { defaultGates } from '../../gates/rules.ts';
import type { Verdict } from '../../gates/verdict.ts';
import { loadGold } from '../../gold/load.ts';
import { paintFor } from '../../reports/terminal/paint.ts';
import { verdictTable } from '../../reports/terminal/verdict-table.ts';
import type { GateFlags } from './flags.ts';
import { goldHashes } from '../../app/configured-gold.ts';
import type { GoldHashes } from '../../app/configured-subject.ts';
import { exitCodeOf, judgeStored } from '../../app/judge.ts';
import { ownBaseline, type Folders } from '../../app/stored-pair.ts';
import { signingOf } from '../../app/signing/signing.ts';
import { renewReports } from '../../app/renew-reports.ts';

/** Judges a gate from stored runs; the exit code is the verdict's. Throws a `UserError` (exit 2) for a policy or a question that makes no sense. */
export async function gate(name: string | undefined, flags: GateFlags, world: World): Promise<ExitCode> {
  const config = await loadConfig(flags, world, {
    unused: flags.recompute === true ? unusedBy.scoring : unusedBy.judging,
  });
  if (name === undefined) throw noGate(config);
  const policy = configuredPolicy(name, config.gates);
  if (flags.plan === true) return (await import('./plan.ts')).printGatePlan(policy, { config, flags, world });
  if (flags.attest === true) requirePublicSigner(flags, config, world);
  const gold = await configuredGold(flags, config, world);
  const { verdict } = await judgeStored({
    config,
    world,
    policy,
    references: {
      candidate: flags.candidate ?? config.candidate,
      baseline: flags.baseline ?? (await ownBaseline(config)),
    },
    earlier: flags.window,
    wantedArtifact: wantedArtifact(flags.artifact),
    maxAgeSeconds: maxAgeOf(flags.maxAge),
    gold,
    prepare: flags.recompute === true ? (folders) => recompute(folders, config, world) : undefined,
  });
  if (flags.attest === true) printEnvelope(verdict, config, world);
  else printVerdict(verdict, flags, world);
  const reports = await renewReports(verdict.runs, { config, world, gold });
  if (flags.json !== true && flags.attest !== true)
    world.stdout.write(`\n${whereReports(reports, verdict, world)}\n`);
  return exitCodeOf(verdict);
}

function requirePublicSigner({ json }: GateFlags, config: Config, world: World): void {
  if (json === true)
    throw new UserError('--json and --attest are two documents for one stdout', { hint: 'name one' });
  if (signingOf(config, world).signer()?.isPublic === true) return;
  throw new UserError('--attest needs a key that others can check', {
    hint: 'flipgate keys new --out FILE makes one; signing.key names it',
  });
}

/** An error about no artifact has no envelope: the exit code tells it. */
function printEnvelope(verdict: Verdict, config: Config, world: World): void {
  const envelope = envelopeOf(verdict, signingOf(config, world).signer());
  if (envelope === undefined) world.stderr.write(`no envelope: ${verdict.reason}\n`);
  else world.stdout.write(`${JSON.stringify(envelope)}\n`);
}

/** Never a success: a script whose variable is empty must not read it as a pass. */
function noGate({ gates }: Config): UserError {
  const names = new Set([...Object.keys(defaultGates), ...Object.keys(gates)]);
  return new UserError('which gate?', { hint: `gates: ${[...names].join(', ')}` });
}

/** Where the report about exactly these runs is, or how to have it; without runs there is none. */
function whereReports(
  reports: readonly string[],
  { runs: { candidate = '', baseline = '' } }: Verdict,
  world: World,
): string {
  if (candidate === '') return 'no run was judged: flipgate run makes runs, flipgate runs lists them';
  const written = reports.at(-1);
  if (written !== undefined && (baseline === '' || reports.length > 1))
    return `report: ${path.relative(world.workingDirectory, written)}`;
  return `for the report: flipgate report ${[baseline, candidate].filter((id) => id !== '').join(' ')}`.trimEnd();
}

/** Prints a verdict: one JSON document, or the table. */
export function printVerdict(verdict: Verdict, flags: { readonly json?: boolean }, world: World): void {
  if (flags.json === true) world.stdout.write(`${JSON.stringify(verdict)}\n`);
  else world.stdout.write(`${verdictTable(verdict, paintFor(world.stdout, world.environment))}\n`);
}

function wantedArtifact(text: string | undefined): string | undefined {
  if (text === undefined || /^[0-9a-f]{64}$/u.test(text)) return text;
  throw new UserError(`--artifact "${text}" is not a SHA-256 digest`, {
    hint: '64 hexadecimal digits, as in artifact.sha256 of run.json',
  });
}

function maxAgeOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const seconds = Number(text);
  if (text.trim() !== '' && seconds > 0 && Number.isFinite(seconds)) return seconds;
  throw new UserError(`--max-age "${text}" is not a number of seconds above 0`);
}

/** The configured gold set: a record about another one is no evidence. Unknown where nobody configured one. */
async function configuredGold(
  flags: GateFlags,
  config: Config,
  world: World,
): Promise<GoldHashes | undefined> {
  if (config.file === undefined && flags.gold === undefined) return undefined;
  const options = { workingDirectory: world.workingDirectory, corpusRoot: config.corpus };
  return goldHashes(await loadGold(config.gold, options));
}

/** Scores the runs again from calls that are what they were: the hash of the scores may be wrong, theirs may not. */
async function recompute(folders: Folders, config: Config, world: World): Promise<void> {
  const { rescoreAlone } = await import('../runs/score.ts');
  for (const folder of [folders.candidate, folders.baseline]) {
    if (folder === undefined) continue;
    await requireOwnCalls(folder);
    await rescoreAlone(folder, config, world);
  }
}

async function requireOwnCalls(folder: RunFolder): Promise<void> {
  const record = await readRecord(folder);
  if (record !== undefined) await checkFiles(folder, record, ['calls.jsonl', 'snippets.jsonl']);
}
