import { max, min } from 'd3-array';
import { scaleLog } from 'd3-scale';
import { area, curveStep } from 'd3-shape';
import { clocks, type LatencyClock } from '../../../scoring/answer.ts';
import { ascending, percentileOfSorted } from '../../../scoring/percentile.ts';
import { html, type Markup } from '../markup.ts';
import type { ReportModel } from '../model.ts';
import { at, seconds } from '../numbers.ts';
import { figure, legend, measured, picturedArms, ticksBelow, type PicturedArm } from './figure.ts';

const width = 420;
const rowHeight = 84;
const [left, right, top] = [64, width - 10, 8];
const steps = 48;
const shape = 28;
/** Seconds, where nothing took longer than 0. */
const shortest = 0.001;

interface Sample {
  readonly pictured: PicturedArm;
  readonly sorted: Float64Array;
}

interface Row {
  readonly clock: LatencyClock;
  readonly samples: readonly Sample[];
}

/** Time per stage: baseline above the line, candidate below, over one scale of powers. `undefined` without times. */
export function latencyChart(model: ReportModel): Markup | undefined {
  const arms = picturedArms(model);
  const rows = clocks
    .map((clock) => ({ clock, samples: arms.map((pictured) => sampleOf(pictured, clock)) }))
    .filter(({ samples }) => samples.some(({ sorted }) => sorted.length > 0));
  const [first] = rows;
  if (first === undefined) return undefined;
  const x = scaleLog(endsOf(rows), [left, right]).clamp(true);
  const bottom = top + rows.length * rowHeight;
  return figure({
    id: 'latencies',
    title: 'Latency of every stage',
    says: `Median and p95 of ${first.clock}: ${first.samples.map(({ pictured, sorted }) => `${pictured.name} ${seconds(percentileOfSorted(sorted, 0.5))} and ${seconds(percentileOfSorted(sorted, 0.95))}`).join('; ')}. Each step to the right is longer by the same factor; short lines mark p50 and p95.`,
    definitions: ['latency'],
    width,
    height: bottom + 18,
    picture: html`${ticksBelow({ values: ticksOf(x.domain()), place: x, label: seconds }, { top, bottom })}${rows.map((row, index) => rowPicture(row, { x, middle: top + (index + 0.5) * rowHeight }))}`,
    after: arms.length > 1 && legend(arms),
  });
}

function sampleOf(pictured: PicturedArm, clock: LatencyClock): Sample {
  return { pictured, sorted: ascending(measured(pictured.arm.calls.latency[clock])) };
}

/** Where the scale starts and ends. A scale of powers has no 0: what is not above it is drawn at the start. */
function endsOf(rows: readonly Row[]): readonly [number, number] {
  const samples = rows.flatMap((row) => row.samples.map(({ sorted }) => sorted.filter((value) => value > 0)));
  const lowest = min(samples, (sorted) => percentileOfSorted(sorted, 0.01)) ?? shortest;
  const highest = max(samples, (sorted) => percentileOfSorted(sorted, 0.995)) ?? shortest;
  return [lowest / 1.3, highest * 1.3];
}

function ticksOf([from = 1, to = 1]: readonly number[]): readonly number[] {
  const powers = Array.from({ length: 12 }, (_, index) => 10 ** (index - 6));
  const wide = to / from > 100;
  return powers
    .flatMap((power) => (wide ? [power] : [power, 2 * power, 5 * power]))
    .filter((value) => value > from && value < to);
}

type Place = (value: number) => number;

function rowPicture(
  { clock, samples }: Row,
  { x, middle }: { readonly x: Place; readonly middle: number },
): Markup {
  return html`<text class="name" x="4" y="${at(middle + 4)}">${clock}</text
    ><line
      class="axis"
      x1="${left}"
      x2="${right}"
      y1="${at(middle)}"
      y2="${at(middle)}"
    />${samples.map((sample) => sideChart(sample, { x, middle }))}`;
}

function sideChart(
  { pictured: { kind }, sorted }: Sample,
  { x, middle }: { readonly x: Place; readonly middle: number },
): Markup {
  const sign = kind === 'baseline' ? -1 : 1;
  const counts = countsOf(sorted, x);
  const highest = Math.max(...counts, 1);
  const path = area<number>()
    .curve(curveStep)
    .x((_, index) => at(left + ((index + 0.5) * (right - left)) / steps))
    .y0(at(middle))
    .y1((count) => at(middle + (sign * shape * count) / highest))(counts);
  const marks = [0.5, 0.95].map((p) => {
    const value = percentileOfSorted(sorted, p);
    if (value === undefined) return undefined;
    const place = at(x(value));
    const label = Math.round(middle + sign * (shape + 6) + (sign > 0 ? 6 : 0));
    return html`<line
        class="percentile"
        x1="${place}"
        x2="${place}"
        y1="${at(middle)}"
        y2="${at(middle + sign * (shape + 4))}"
      />${p === 0.95 ? html`<text class="halo" x="${Math.min(place + 3, right - 44)}" y="${label}">${seconds(value)}</text>` : undefined}`;
  });
  return html`<g class="${kind}"><path d="${path ?? ''}" />${marks}</g>`;
}

function countsOf(sorted: Float64Array, x: Place): number[] {
  const counts = Array.from({ length: steps }, () => 0);
  for (const value of sorted) {
    const step = Math.min(steps - 1, Math.floor(((x(value) - left) / (right - left)) * steps));
    counts[step] = (counts[step] ?? 0) + 1;
  }
  return counts;
}
