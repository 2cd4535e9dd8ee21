import { sanitizeForTerminal } from '../../../base/printable.ts';
import { isInvalidated } from '../../../gates/validity/revalidate.ts';
import type { Verdict, VerdictName } from '../../../gates/verdict.ts';
import type { IndexedRun, PastVerdict } from './indexed-run.ts';
import { html, type Markup, type Piece } from '../markup.ts';
import { minute, missing, percent, ratio, seconds } from '../numbers.ts';
import { numbersTable } from '../numbers-table.ts';
import { verdictSymbols } from '../verdict-symbols.ts';

/** What a verdict's place in time is told by. */
export interface GateStanding {
  /** The newest of every gate and arm, as they may be read now. */
  readonly verdicts: readonly Verdict[];
  /** Milliseconds since 1970. */
  readonly now: number;
}

export function chip(verdict: VerdictName, text: string): Markup {
  return html`<span class="chip ${verdict}"
    ><span aria-hidden="true">${verdictSymbols[verdict]}</span> ${text}</span
  >`;
}

export function comparisonLink(baseline: string | undefined, candidate: string, text: Piece): Markup {
  return baseline === undefined
    ? html`<a href="/reports/${candidate}">${text}</a>`
    : html`<a href="/comparisons/${baseline}..${candidate}">${text}</a>`;
}

/** Runs with what a reader looks for first at the left: a phone shows three columns. */
export function indexRunTable(runs: readonly IndexedRun[], standing: GateStanding): Markup {
  const headings = [
    'run',
    'judged as',
    'finished',
    'arm',
    'status',
    'coverage',
    'ΔS',
    'errors',
    'latency p95',
    'calls',
  ];
  return numbersTable({
    label: 'Table of runs',
    kind: 'runs',
    headings,
    rows: runs.map((run) => runRow(run, standing)),
  });
}

function runRow(run: IndexedRun, standing: GateStanding): Markup {
  const { id, arm, status, calls, finished, trend } = run;
  const hasReport = status !== 'unfinished' && status !== 'damaged';
  const judged = judgedAs(run, standing);
  return html`<tr>
    <th scope="row">${hasReport ? html`<a href="/reports/${id}">${id}</a>` : id}</th>
    <td class="judged">${judged.length === 0 ? missing : judged}</td>
    <td class="finished">${minute(finished)}</td>
    <td>${sanitizeForTerminal(arm, 40)}</td>
    <td>${status}</td>
    <td>${ratio(trend?.coverage)}</td>
    <td>${ratio(trend?.distance)}</td>
    <td>${percent(trend?.errors)}</td>
    <td>${seconds(trend?.latency)}</td>
    <td>${calls}</td>
  </tr> `;
}

/** The verdicts that stand now as the gates show them, and what was said once in words: nothing that is over may look like an open gate. */
function judgedAs({ id, arm, judged }: IndexedRun, { verdicts, now }: GateStanding): readonly Markup[] {
  const stands = verdicts.filter(
    (verdict) => verdict.arm === arm && verdict.runs.candidate === id && !isInvalidated(verdict),
  );
  const past = judged.filter(
    ({ gate, at }) => !stands.some((one) => one.gate === gate && Date.parse(one.evaluated_at) === at),
  );
  return [
    ...stands.map(
      ({ gate, verdict, runs }) =>
        html`${comparisonLink(runs.baseline, id, chip(verdict, named(gate, verdict)))} `,
    ),
    ...past.map((one) => html`${comparisonLink(one.baseline, id, pastText(one, now))} `),
  ];
}

function pastText({ gate, verdict, isContradictory, at }: PastVerdict, now: number): Piece {
  if (isContradictory || !(at <= now)) return chip('error', named(gate, 'error'));
  return html`<span class="past"
    >${named(gate, 'was')} ${verdict}, ${minute(new Date(at).toISOString())}</span
  >`;
}

function named(gate: string, text: string): string {
  return `${sanitizeForTerminal(gate, 40)} ${text}`;
}
