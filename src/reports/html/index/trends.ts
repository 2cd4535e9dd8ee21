import { extent } from 'd3-array';
import { scaleLinear } from 'd3-scale';
import { line } from 'd3-shape';
import { sanitizeForTerminal } from '../../../base/printable.ts';
import type { IndexedRun } from './indexed-run.ts';
import { html, type Markup } from '../markup.ts';
import { at, minute, missing, percent, ratio, seconds } from '../numbers.ts';

/** Runs of an arm that its small lines go over. */
const trendRuns = 60;

const trends = [
  { name: 'ΔS', of: 'distance', format: ratio },
  { name: 'coverage', of: 'coverage', format: ratio },
  { name: 'λ convergence', of: 'convergence', format: ratio },
  { name: 'error rate', of: 'errors', format: percent },
  { name: 'latency p95', of: 'latency', format: seconds },
] as const;

/** How each arm did over time, in its runs that have ended: newest first, as they are listed. One that is not complete has no numbers of an arm. */
export function trendTable(runs: readonly IndexedRun[]): Markup {
  const ended = runs.filter(({ status }) => status !== 'unfinished');
  const arms = [...new Set(ended.map(({ arm }) => arm))].sort();
  if (arms.length === 0) return html`<p>Nothing was measured yet.</p>`;
  const rows = arms.map((arm) => {
    const points = ended
      .filter((run) => run.arm === arm)
      .slice(0, trendRuns)
      .toReversed();
    const cells = trends.map(({ of, name, format }) => {
      const values = points.map(({ status, trend }) => (status === 'complete' ? trend?.[of] : undefined));
      return html`<td>
        ${trendLine({ name: `${name} of ${sanitizeForTerminal(arm, 40)}`, values, times: points.map(({ finished }) => finished), format })}
      </td>`;
    });
    return html`<tr>
      <th scope="row">${sanitizeForTerminal(arm, 40)}</th>
      ${cells}
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
  /** Oldest first; the last one is of the newest run. */
  readonly values: readonly (number | undefined)[];
  /** When each run finished. */
  readonly times: readonly (string | undefined)[];
  readonly format: (value: number | undefined) => string;
}

/** A small line with the newest run's value at its end; where that has none, the last value with its time beside it. */
function trendLine({ name, values, times, format }: Trend): Markup {
  const known = values.flatMap((value) => value ?? []);
  const [low, high] = extent(known);
  if (low === undefined || high === undefined) return html`${missing}`;
  const now = values.at(-1);
  const last = `last ${format(known.at(-1))}, ${minute(times[values.findLastIndex((value) => value !== undefined)])}`;
  const runs = `between ${format(low)} and ${format(high)} over ${known.length} ${known.length === 1 ? 'run' : 'runs'}`;
  const says = `${name}: ${now === undefined ? `none of the newest run, ${last}` : `${format(now)} now`}, ${runs}`;
  return html`${drawn(values, [low, high], says)}
  ${format(now)}${now === undefined && html` <span class="muted">(${last})</span>`}`;
}

function drawn(values: Trend['values'], [low, high]: readonly [number, number], says: string): Markup {
  const [width, height] = [128, 32];
  const x = scaleLinear([0, Math.max(1, values.length - 1)], [5, width - 5]);
  const room = Math.max(high - low, Math.abs(high) * 0.05, 1e-9);
  const y = scaleLinear([(low + high - room) / 2, (low + high + room) / 2], [height - 5, 5]);
  const path = line<number | undefined>()
    .defined((value) => value !== undefined)
    .x((_, index) => at(x(index)))
    .y((value) => at(y(value ?? 0)))([...values]);
  const now = values.at(-1);
  const end = now !== undefined && html`<circle cx="${at(x(values.length - 1))}" cy="${at(y(now))}" r="3" />`;
  return html`<svg class="trend" viewBox="0 0 ${width} ${height}" role="img" aria-label="${says}">
    <path d="${path ?? ''}" />
    ${end}
  </svg>`;
}
