import { extent } from 'd3-array';
import { scaleLinear } from 'd3-scale';
import { line } from 'd3-shape';
import { printable } from '../../base/printable.ts';
import type { RuleVerdict, Verdict, VerdictName } from '../../gates/verdict.ts';
import { definitionsSection } from './sections/definitions.ts';
import { foreign, html, type Markup, type Piece } from './markup.ts';
import { at, minute, missing, percent, ratio, seconds } from './numbers.ts';
import { documentOf, type PageAssets } from './page.ts';

/** Numbers of a run whose course over time is shown. */
export interface TrendPoint {
  readonly distance?: number;
  readonly coverage?: number;
  readonly convergence?: number;
  readonly errors?: number;
  readonly latency?: number;
}

/** A run as the index lists it. */
export interface IndexedRun {
  readonly id: string;
  readonly arm: string;
  readonly status: string;
  readonly calls: number;
  readonly finished?: string | undefined;
  readonly trend?: TrendPoint | undefined;
  /** What gates said of it, and the baseline that it was compared with. */
  readonly judged: readonly { readonly gate: string; readonly verdict: VerdictName; readonly baseline?: string | undefined }[];
}

export interface IndexModel {
  /** The newest of every gate and arm, as they may be read now. */
  readonly verdicts: readonly Verdict[];
  /** Newest first. */
  readonly runs: readonly IndexedRun[];
  /** What the page begins before; the newest runs by default. */
  readonly before?: string | undefined;
}

const perPage = 200;
/** Runs of an arm that its small lines go over. */
const trendRuns = 60;
const symbols: Readonly<Record<RuleVerdict['verdict'], string>> = { pass: '✓', fail: '✗', inconclusive: '?', error: '!', waived: '–' };

const trends = [
  { name: 'ΔS', of: 'distance', format: ratio },
  { name: 'coverage', of: 'coverage', format: ratio },
  { name: 'λ convergence', of: 'convergence', format: ratio },
  { name: 'error rate', of: 'errors', format: percent },
  { name: 'latency p95', of: 'latency', format: seconds },
] as const;

/** What a store holds: what the gates say, how each arm did over time, and all runs with their reports. */
export function indexPage({ verdicts, runs, before }: IndexModel, assets: PageAssets): string {
  const page = runs.filter(({ id }) => before === undefined || id < before);
  const older = page.length > perPage ? page[perPage - 1]?.id : undefined;
  return documentOf(
    'flipgate',
    html`<header>
        <h1>flipgate</h1>
        <nav aria-label="For programs">
          <a href="/metrics">metrics</a> <a href="/v1/runs">runs as JSON</a> <a href="/openapi.json">OpenAPI</a>
        </nav>
      </header>
      <main>
        <section aria-labelledby="gates">
          <h2 id="gates">Gates</h2>
          ${verdicts.length === 0 ? html`<p>No gate has been judged yet.</p>` : html`<div class="cards">${verdicts.map(gateCard)}</div>`}
        </section>
        <section aria-labelledby="trends">
          <h2 id="trends">Arms over time</h2>
          ${trendTable(runs)}
        </section>
        <section aria-labelledby="runs">
          <h2 id="runs">Runs</h2>
          ${page.length === 0 ? html`<p>No run yet.</p>` : runTable(page.slice(0, perPage))}
          ${older !== undefined && html`<p><a href="/?before=${older}">older runs</a></p>`}
        </section>
        ${definitionsSection()}
      </main>`,
    assets,
  );
}

function chip(verdict: VerdictName, text: string): Markup {
  return html`<span class="chip ${verdict}"><span aria-hidden="true">${symbols[verdict]}</span> ${text}</span>`;
}

function comparisonLink(baseline: string | undefined, candidate: string, text: Piece): Markup {
  return baseline === undefined
    ? html`<a href="/reports/${candidate}">${text}</a>`
    : html`<a href="/comparisons/${baseline}..${candidate}">${text}</a>`;
}

function gateCard({ gate, arm, verdict, reason, expires_at: expires, runs }: Verdict): Markup {
  return html`<article class="side">
    <h3>${printable(gate, 40)}, ${printable(arm, 40)} ${chip(verdict, verdict)}</h3>
    <p>${foreign(printable(reason, 400))}</p>
    <p class="muted">
      ${expires === undefined ? '' : `holds until ${minute(expires)} · `}
      ${runs.candidate !== undefined && comparisonLink(runs.baseline, runs.candidate, 'report')}
      <a href="/v1/gates/${gate}?arm=${arm}">as JSON</a>
    </p>
  </article>`;
}

function trendTable(runs: readonly IndexedRun[]): Markup {
  const arms = [...new Set(runs.map(({ arm }) => arm))].sort();
  if (arms.length === 0) return html`<p>Nothing was measured yet.</p>`;
  const rows = arms.map((arm) => {
    const points = runs
      .filter((run) => run.arm === arm)
      .slice(0, trendRuns)
      .toReversed()
      .map(({ trend }) => trend ?? {});
    return html`<tr>
      <th scope="row">${printable(arm, 40)}</th>
      ${trends.map(({ of, name, format }) => html`<td>${trendLine({ name: `${name} of ${printable(arm, 40)}`, values: points.map((point) => point[of]), format })}</td>`)}
    </tr>`;
  });
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Table of trends">
    <table>
      <thead>
        <tr>
          <th scope="col">arm</th>
          ${trends.map(({ name }) => html`<th scope="col">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}

interface Trend {
  readonly name: string;
  /** Oldest first. */
  readonly values: readonly (number | undefined)[];
  readonly format: (value: number | undefined) => string;
}

/** A small line with its last value; runs without the value leave a gap. */
function trendLine({ name, values, format }: Trend): Markup {
  const known = values.flatMap((value) => value ?? []);
  const [low, high] = extent(known);
  if (low === undefined || high === undefined) return html`${missing}`;
  const [width, height] = [128, 32];
  const x = scaleLinear([0, Math.max(1, values.length - 1)], [5, width - 5]);
  const room = Math.max(high - low, Math.abs(high) * 0.05, 1e-9);
  const y = scaleLinear([(low + high - room) / 2, (low + high + room) / 2], [height - 5, 5]);
  const path = line<number | undefined>()
    .defined((value) => value !== undefined)
    .x((_, index) => at(x(index)))
    .y((value) => at(y(value ?? 0)))([...values]);
  const last = values.findLastIndex((value) => value !== undefined);
  const says = `${name}: ${format(known.at(-1))} now, between ${format(low)} and ${format(high)} over ${known.length} runs`;
  return html`<svg class="trend" viewBox="0 0 ${width} ${height}" role="img" aria-label="${says}">
      <path d="${path ?? ''}" />
      <circle cx="${at(x(last))}" cy="${at(y(values[last] ?? 0))}" r="3" />
    </svg>
    ${format(known.at(-1))}`;
}

function runTable(runs: readonly IndexedRun[]): Markup {
  const headings = ['run', 'judged as', 'arm', 'status', 'coverage', 'ΔS', 'errors', 'latency p95', 'calls', 'finished'];
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Table of runs">
    <table class="numbers">
      <thead>
        <tr>
          ${headings.map((heading) => html`<th scope="col">${heading}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${runs.map(runRow)}
      </tbody>
    </table>
  </div>`;
}

function runRow({ id, arm, status, calls, finished, trend, judged }: IndexedRun): Markup {
  const hasReport = status !== 'unfinished' && status !== 'damaged';
  return html`<tr>
    <th scope="row">${hasReport ? html`<a href="/reports/${id}">${id}</a>` : id}</th>
    <td>
      ${judged.length === 0 ? missing : judged.map(({ gate, verdict, baseline }) => html`${comparisonLink(baseline, id, chip(verdict, `${printable(gate, 40)} ${verdict}`))} `)}
    </td>
    <td>${printable(arm, 40)}</td>
    <td>${status}</td>
    <td>${ratio(trend?.coverage)}</td>
    <td>${ratio(trend?.distance)}</td>
    <td>${percent(trend?.errors)}</td>
    <td>${seconds(trend?.latency)}</td>
    <td>${calls}</td>
    <td>${minute(finished)}</td>
  </tr> `;
}
