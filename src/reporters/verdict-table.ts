import { printable } from '../base/printable.ts';
import { shown } from '../gates/format.ts';
import type { RuleVerdict, Verdict } from '../gates/verdict.ts';
import { statisticNamed } from '../statistics/catalogue.ts';
import { alignColumns } from './columns.ts';
import type { Paint } from './paint.ts';

/** A verdict for people: the sentence first, then a row a rule, then what else keeps the gate from passing. */
export function verdictTable(verdict: Verdict, paint: Paint): string {
  const head = `${paint.bold(`gate ${verdict.gate}`)}  ${painted(verdict.verdict, paint)}  ${printable(verdict.reason, 300)}`;
  const header = ['rule', 'verdict', 'value', 'limit', '95 % interval', 'baseline', 'n', 'resolution'].map((title) => paint.dim(title));
  const rows = verdict.rules.map((rule) => rowOf(rule, paint));
  const notes = verdict.rules.filter((rule) => rule.verdict !== 'pass').map((rule) => `  ${mark(rule)} ${printable(rule.reason, 300)}`);
  const told = (verdict.problems ?? []).filter(({ reason }) => reason !== verdict.reason);
  const problems = told.map(({ verdict: name, reason }) => `  ${painted(name, paint)} ${printable(reason, 300)}`);
  const table = rows.length === 0 ? [] : [alignColumns([header, ...rows], '  ')];
  return [head, ...section(table), ...section(notes), ...section(problems)].join('\n');
}

function section(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', ...lines];
}

function rowOf(rule: RuleVerdict, paint: Paint): readonly string[] {
  const { own: format, before } = formattersOf(rule);
  const sign = rule.direction === 'at_least' ? '≥' : '≤';
  return [
    printable(rule.rule),
    rule.severity === 'warn' ? `${rule.verdict} (warning)` : painted(rule.verdict, paint),
    format(rule.value),
    rule.limit === undefined ? '' : `${sign} ${format(rule.limit)}`,
    rule.interval === undefined ? '' : `${format(rule.interval[0])} to ${format(rule.interval[1])}`,
    before(rule.baseline_value),
    rule.n === undefined ? '' : String(rule.n),
    rule.resolution === undefined ? '' : `± ${format(rule.resolution)}`,
  ];
}

type Formatter = (value: number | undefined) => string;

/** A rule's own numbers, and the baseline's, which are in the statistic's unit. */
function formattersOf({ unit, statistic, comparing }: RuleVerdict): { readonly own: Formatter; readonly before: Formatter } {
  const known = statistic === undefined ? undefined : statisticNamed(statistic)?.unit;
  const own = known ?? (unit === 'seconds' ? 'seconds' : undefined);
  return {
    own: (value) => (value === undefined ? '' : shown(value, own, comparing)),
    before: (value) => (value === undefined ? '' : shown(value, own)),
  };
}

const marks = { pass: '✓', waived: '-', inconclusive: '?', fail: '✗', error: '!' } as const;

function mark({ verdict }: RuleVerdict): string {
  return marks[verdict];
}

function painted(verdict: RuleVerdict['verdict'], paint: Paint): string {
  const brush = { pass: paint.green, waived: paint.dim, inconclusive: paint.yellow, fail: paint.red, error: paint.red }[verdict];
  return brush(`${marks[verdict]} ${verdict}`);
}
