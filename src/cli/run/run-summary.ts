import path from 'node:path';
import { sanitizeForTerminal } from '../../base/printable.ts';
import type { World } from '../../base/world.ts';
import type { GoldSet } from '../../plan/gold-set.ts';
import type { Verdict } from '../../gates/verdict.ts';
import type { RunRecord } from '../../scoring/record.ts';
import { exampleSections } from '../../scoring/retrieval/sections.ts';
import { runFolder } from '../../store/run-folder.ts';
import { retrievedSections } from '../../reports/read/retrieved-sections.ts';
import { worstQuestions } from '../../reports/read/worst-questions.ts';
import { alignColumns } from '../../reports/terminal/columns.ts';
import { paintFor, type Paint } from '../../reports/terminal/paint.ts';
import { runTable } from '../../reports/terminal/run-table.ts';
import { verdictTable } from '../../reports/terminal/verdict-table.ts';
import type { Judged } from '../../app/judge.ts';

export interface RunEnd {
  readonly world: World;
  readonly config: { readonly store: string };
  readonly gold: GoldSet;
  readonly flags: { readonly json?: boolean };
}

/** The report of what was judged, where it could be written. */
export interface Reported {
  readonly report?: string | undefined;
}

const shownQuestions = 3;

/** Prints what a run measured: one JSON document, or the table, the worst questions, the gate's verdict where it was judged, and what to do next. */
export function printEnd(records: readonly RunRecord[], end: RunEnd, judged?: Judged & Reported): void {
  const { world, flags } = end;
  if (flags.json === true) {
    const { verdict } = judged ?? {};
    world.stdout.write(
      `${JSON.stringify({ schema: 'flipgate.session/1', runs: records, ...(verdict && { verdict }) })}\n`,
    );
    return;
  }
  if (records.length === 0) {
    world.stderr.write('interrupted; go on with: flipgate run --resume\n');
    return;
  }
  const paint = paintFor(world.stdout, world.environment);
  const parts = [
    title(records, paint),
    runTable(records, paint),
    ...records.flatMap((record) => [
      ...findingLines(record, paint),
      ...sectionLines(record, end, paint),
      ...worstLines(record, end, paint),
    ]),
    ...(judged === undefined ? [] : ['', verdictTable(judged.verdict, paint)]),
    nextSteps(records, end, judged),
  ];
  world.stdout.write(`${parts.join('\n')}\n`);
}

function title(records: readonly RunRecord[], paint: Paint): string {
  const first = records[0];
  if (first === undefined) return '';
  const { questions, phrasings, seeds } = first.plan;
  return `\n${paint.bold(sanitizeForTerminal(first.gold.path))}: ${questions} questions × ${phrasings} phrasings × ${seeds.length} seeds\n`;
}

function findingLines(record: RunRecord, paint: Paint): readonly string[] {
  if (record.findings.length === 0) return [];
  const rows = record.findings.map(({ code, field, count }) => [
    sanitizeForTerminal(code),
    field === undefined ? '' : sanitizeForTerminal(field),
    `${count} ×`,
  ]);
  return [`\n${paint.bold(`findings, ${record.arm}`)}`, alignColumns(rows, '  ')];
}

/** Why there is no recall: the arm's section ids beside those of the gold set. */
function sectionLines(record: RunRecord, { config, gold }: RunEnd, paint: Paint): readonly string[] {
  if (!record.findings.some(({ code }) => code === 'sections_never_match')) return [];
  const retrieved = exampleSections(retrievedSections(runFolder(config.store, record.id)));
  const wanted = exampleSections(gold.questions.flatMap(({ anchors }) => anchors));
  return [
    `  ${paint.yellow('!')} recall is not measured: no section that ${record.arm} names is one of the gold set's`,
    ...[
      [record.arm, retrieved],
      ['gold set', wanted],
    ].map(([whose = '', sections = '']) => `    ${whose}: ${sanitizeForTerminal(sections, 200)}`),
  ];
}

function worstLines(record: RunRecord, { config, gold }: RunEnd, paint: Paint): readonly string[] {
  const worst = worstQuestions(runFolder(config.store, record.id).scores, shownQuestions);
  if (worst.length === 0) return [];
  const rows = worst.map(({ question, convergent, coverage, mostly }) => [
    sanitizeForTerminal(question),
    convergent === undefined ? 'λ not measured' : `${(100 * convergent).toFixed(0)} % convergent`,
    coverage === undefined ? '' : `coverage ${coverage.toFixed(2)}`,
    mostly === undefined ? '' : mostly,
    paint.dim(sanitizeForTerminal(gold.questions.find(({ id }) => id === question)?.question ?? '', 48)),
  ]);
  return [`\n${paint.bold(`worst questions, ${record.arm}`)}`, alignColumns(rows, '  ')];
}

function nextSteps(
  records: readonly RunRecord[],
  { config, world }: RunEnd,
  judged: (Judged & Reported) | undefined,
): string {
  const shown = (place: string): string => `  ${path.relative(world.workingDirectory, place) || '.'}`;
  const where = [
    ...records.map((record) => shown(path.join(config.store, record.id))),
    ...(judged === undefined ? [] : [shown(judged.file)]),
  ];
  const report =
    judged?.report === undefined ? [] : ['', `report (${openCommand(config, world)})`, shown(judged.report)];
  const open = records.filter((record) => record.status !== 'complete');
  const advice =
    open.length === 0
      ? judged === undefined
        ? adviceFor(records)
        : adviceAfter(judged)
      : `go on with: flipgate run --resume ${records[0]?.session ?? ''}`;
  return [...report, '', 'records', ...where, '', `next: ${advice}`].join('\n');
}

/** How to see the newest report in a browser; npm knows the name where the shell need not. */
function openCommand({ store }: RunEnd['config'], { environment, workingDirectory }: World): string {
  const program = environment['npm_lifecycle_event'] === undefined ? 'flipgate' : 'npx flipgate';
  const where =
    path.relative(workingDirectory, store) === 'reports'
      ? ''
      : ` --store ${path.relative(workingDirectory, store) || '.'}`;
  return `to open it: ${program} report --open${where}`;
}

const advices: Readonly<Record<Exclude<Verdict['verdict'], 'pass'>, string>> = {
  fail: 'do not flip; the report says why and where to look',
  inconclusive: 'do not flip yet; flipgate gate acceptance --plan says how much evidence each limit needs',
  error: 'nothing was decided: fix what the sentence names, and run again',
};

function adviceAfter({ verdict }: Judged): string {
  const alone = verdict.verdict === 'fail' && verdict.baseline === undefined;
  if (alone) return 'do not flip; the worst questions above show where to look';
  return verdict.verdict === 'pass' ? openUntil(verdict) : advices[verdict.verdict];
}

function openUntil({ expires_at: end }: Verdict): string {
  const until = end === undefined ? 'the verdict expires' : `${end.slice(11, 16)} UTC`;
  return `the gate is open until ${until}: flip the pointer, run again, and judge the gate watch`;
}

function adviceFor(records: readonly RunRecord[]): string {
  const faulty = records.find((record) => (record.summary.error_rate ?? 0) > 0);
  if (faulty !== undefined)
    return `look at the faults of ${faulty.arm}: grep -v '"outcome":"ok"' in its calls.jsonl tells what, when and which trace`;
  const incomplete = records.find((record) => !record.artifact.complete);
  if (incomplete !== undefined)
    return `let ${incomplete.arm} report its five version fields; flipgate check says how`;
  const weak = records.find((record) => (record.summary.coverage?.mean ?? 1) < 0.7);
  if (weak !== undefined)
    return `${weak.arm} retrieves too little of the anchors: look at its worst questions above in scores.jsonl`;
  return records.length > 1
    ? 'flipgate gate acceptance'
    : 'keep this record: it is the evidence that comparisons and gates rest on';
}
