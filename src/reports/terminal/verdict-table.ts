import { sanitizeForTerminal } from '../../base/printable.ts';
import type { RuleVerdict, Verdict } from '../../gates/verdict.ts';
import { alignColumns, wrapped } from './columns.ts';
import type { Paint } from './paint.ts';
import { numbersLegend, ruleNumbers } from '../rule-numbers.ts';

/** A verdict for people: the sentence first, then a row a rule, then what else keeps the gate from passing. */
export function verdictTable(verdict: Verdict, paint: Paint): string {
  const head = wrapped(sanitizeForTerminal(verdict.reason, 600), {
    start: `${paint.bold(`gate ${verdict.gate}`)}  ${painted(verdict.verdict, paint)}  `,
    hanging: 2,
  });
  const header = ['rule', 'verdict', 'value', 'limit', '95 % interval', 'baseline', 'n', 'resolution'].map(
    (title) => paint.dim(title),
  );
  const rows = verdict.rules.map((rule) => rowOf(rule, paint));
  const notes = verdict.rules
    .filter((rule) => rule.verdict !== 'pass')
    .map((rule) => wrapped(sanitizeForTerminal(rule.reason, 600), { start: `  ${mark(rule)} ` }));
  const told = (verdict.problems ?? []).filter(({ reason }) => reason !== verdict.reason);
  const problems = told.map(({ verdict: name, reason }) =>
    wrapped(sanitizeForTerminal(reason, 600), { start: `  ${painted(name, paint)} ` }),
  );
  const legend = verdict.rules.some(({ value }) => value !== undefined)
    ? ['', paint.dim(wrapped(numbersLegend, { start: '  ' }))]
    : [];
  const table = rows.length === 0 ? [] : [alignColumns([header, ...rows], '', { isTight: true }), ...legend];
  return [head, ...section(table), ...section(notes), ...section(problems)].join('\n');
}

function section(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', ...lines];
}

function rowOf(rule: RuleVerdict, paint: Paint): readonly string[] {
  const { value, limit, interval, baseline, n, resolution } = ruleNumbers(rule);
  const verdict = rule.severity === 'warn' ? `${rule.verdict} (warning)` : painted(rule.verdict, paint);
  // The widest table has to fit 100 columns.
  const [range, judged] = [interval.replace(' to ', '…'), n.replace(' of ', '/')];
  return [sanitizeForTerminal(rule.rule), verdict, value, limit, range, baseline, judged, resolution];
}

const marks = { pass: '✓', waived: '-', inconclusive: '?', fail: '✗', error: '!' } as const;

function mark({ verdict }: RuleVerdict): string {
  return marks[verdict];
}

function painted(verdict: RuleVerdict['verdict'], paint: Paint): string {
  const brush = {
    pass: paint.green,
    waived: paint.dim,
    inconclusive: paint.yellow,
    fail: paint.red,
    error: paint.red,
  }[verdict];
  return brush(`${marks[verdict]} ${verdict}`);
}
