import type { ArmCheck } from '../../app/check/check-arms.ts';
import { sanitizeForTerminal } from '../../base/printable.ts';
import type { World } from '../../base/world.ts';
import type { Config } from '../../config/config.ts';
import type { GoldSet } from '../../plan/gold-set.ts';
import type { Plan } from '../../plan/plan.ts';
import { alignColumns } from '../../reports/terminal/columns.ts';
import { paintFor, type Paint } from '../../reports/terminal/paint.ts';

export interface CheckReport {
  readonly checks: readonly ArmCheck[];
  readonly gold: GoldSet;
  readonly plan: Plan;
  readonly config: Config;
  readonly json: boolean;
  readonly world: World;
}

/** Prints what the check found: one JSON document, or a section per arm. */
export function printChecks(report: CheckReport): void {
  const { world, checks, gold, plan } = report;
  const clock = clockFinding(world);
  if (report.json) {
    const size = { path: gold.path, sha256: gold.sha256, questions: gold.questions.length };
    world.stdout.write(`${JSON.stringify({ gold: size, cells: plan.cells, clock, arms: checks })}\n`);
    return;
  }
  const paint = paintFor(world.stdout, world.environment);
  const head = [
    `gold set  ${sanitizeForTerminal(gold.path)}: ${gold.questions.length} questions, ${plan.cells} calls an arm`,
    `clock     ${clock}`,
  ];
  world.stdout.write(
    `${[...head, ...checks.map((check) => armText(check, paint)), '', nextStep(checks)].join('\n')}\n`,
  );
}

/** A clock that stands in the past gives records that expire before they are read, or never. */
function clockFinding(world: World): string {
  const now = new Date(world.clock.now());
  return now.getUTCFullYear() < 2025
    ? `${now.toISOString()}: this is in the past, set it before you measure`
    : now.toISOString();
}

function armText(check: ArmCheck, paint: Paint): string {
  const verdict =
    check.outcome === 'ok'
      ? paint.green(answeredText(check.seconds))
      : paint.red(`${check.outcome}: ${sanitizeForTerminal(check.message ?? '')}`);
  const fields = check.fields.map(({ field, found }) => [
    field,
    found === undefined ? paint.yellow('not reported') : sanitizeForTerminal(found, 90),
  ]);
  const notes = [
    check.error_body === undefined ? [] : [`  it said: ${sanitizeForTerminal(check.error_body, 500)}`],
    check.versions_url === undefined ? [] : [`  ${sanitizeForTerminal(check.versions_url)}`],
  ].flat();
  return [
    `\n${paint.bold(check.arm)} (${check.kind})  ${verdict}`,
    ...(fields.length === 0 ? [] : [alignColumns(fields, '  ')]),
    ...notes,
    ...check.advice.map((line) => `  ${paint.yellow('!')} ${sanitizeForTerminal(line, 300)}`),
  ].join('\n');
}

function answeredText(seconds: number | undefined): string {
  return seconds === undefined
    ? 'answers; its latency was not recorded'
    : `answers in ${(1000 * seconds).toFixed(0)} ms`;
}

function nextStep(checks: readonly ArmCheck[]): string {
  return checks.every(({ outcome }) => outcome === 'ok')
    ? 'next: flipgate run'
    : 'next: fix the arm, then flipgate check again';
}
