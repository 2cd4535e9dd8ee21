import { sanitizeForTerminal } from '../../base/printable.ts';
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
import { faultLines, faultsOf } from './fault-lines.ts';
import { nextSteps } from './next-steps.ts';
import type { Reported, RunEnd } from './run-end.ts';

const shownQuestions = 3;

/** Prints what a run measured: one JSON document, or the table, the worst questions, the gate's verdict where it was judged, and what to do next. */
export function printEnd(records: readonly RunRecord[], end: RunEnd, judged?: Judged & Reported): void {
  const { world, flags } = end;
  if (flags.json === true) {
    world.stdout.write(`${JSON.stringify(sessionOf(records, end, judged))}\n`);
    return;
  }
  if (records.length === 0) {
    world.stderr.write('interrupted; resume with: flipgate run --resume\n');
    return;
  }
  const paint = paintFor(world.stdout, world.environment);
  const parts = [
    title(records, paint),
    runTable(records, paint),
    ...records.flatMap((record) => [
      ...faultLines(record, end, paint),
      ...findingLines(record, paint),
      ...sectionLines(record, end, paint),
      ...worstLines(record, end, paint),
    ]),
    ...(judged === undefined ? [] : ['', verdictTable(judged.verdict, paint)]),
    nextSteps(records, end, judged),
  ];
  world.stdout.write(`${parts.join('\n')}\n`);
}

function sessionOf(records: readonly RunRecord[], end: RunEnd, judged: Judged | undefined): object {
  const faults = records.flatMap((record) => faultsOf(record, end));
  return {
    schema: 'flipgate.session/1',
    runs: records,
    ...(faults.length === 0 ? {} : { faults }),
    ...(judged === undefined ? {} : { verdict: judged.verdict }),
  };
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
