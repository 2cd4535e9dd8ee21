import { bin, max } from 'd3-array';
import { scaleLinear, type ScaleLinear } from 'd3-scale';
import { median, percentile } from '../../../scoring/percentile.ts';
import { html, type Markup } from '../markup.ts';
import type { ReportModel } from '../model.ts';
import { at, ratio } from '../numbers.ts';
import { distributions, type Distribution } from './distribution-measures.ts';
import { drawnLimit } from './drawn-limit.ts';
import { figure, measured, picturedArms, ticksBelow, type PicturedArm } from './figure.ts';

const width = 420;
const rowHeight = 92;
const top = 30;
const [left, right] = [8, width - 8];
/** Neither measure can be more: what a damaged file says beyond it is not drawn. */
const maxEnd = 2;
const [roomOfLabel, roomOfName] = [62, 90];

interface Row {
  readonly pictured: PicturedArm;
  readonly values: Float64Array;
  readonly bins: readonly { readonly x0: number; readonly x1: number; readonly count: number }[];
}

/** How the calls' ΔS and coverage are spread: a histogram an arm, over the bands of the measure. None without values. */
export function distributionCharts(model: ReportModel): readonly Markup[] {
  return distributions.flatMap((shown) => distributionChart(shown, model) ?? []);
}

function distributionChart(shown: Distribution, model: ReportModel): Markup | undefined {
  const values = picturedArms(model).map((pictured) => ({
    pictured,
    values: measured(shown.column(pictured.arm.calls)),
  }));
  if (values.every((row) => row.values.length === 0)) return undefined;
  const largest = Math.min(maxEnd, Math.max(shown.end, max(values, (row) => max(row.values)) ?? 0));
  const end = Math.ceil(largest / shown.binWidth - 1e-9) * shown.binWidth;
  const rows = values.map((row) => ({ ...row, bins: binsOf(row.values, { end, binWidth: shown.binWidth }) }));
  const highest = Math.max(
    ...rows.flatMap(({ bins, values: { length } }) => bins.map(({ count }) => count / Math.max(1, length))),
  );
  const x = scaleLinear([0, end], [left, right]);
  const bottom = top + rows.length * rowHeight;
  const limit = drawnLimit(shown.limited, model, end);
  return figure({
    id: shown.id,
    title: shown.title,
    says: `${shown.better === 'left' ? 'Left' : 'Right'} is better. ${rows.map((row) => sentenceOf(row, shown)).join(' ')}${limit === undefined ? '' : ` The dashed line is the limit of ${limit.of}, ${ratio(limit.value)}.`}`,
    definitions: [shown.definition],
    width,
    height: bottom + 18,
    picture: html`${bands(shown, x, bottom)}${ticksBelow({ values: x.ticks(7), place: x, label: (value) => value.toFixed(1) }, { top, bottom })}
    ${rows.map((row, index) => histogram(row, { x, highest, base: top + (index + 1) * rowHeight, tail: shown.tail }))}
    ${limit !== undefined && html`<line class="limit" x1="${at(x(limit.value))}" x2="${at(x(limit.value))}" y1="${top}" y2="${bottom}" />`}`,
  });
}

function binsOf(
  values: Float64Array,
  { end, binWidth }: { readonly end: number; readonly binWidth: number },
): Row['bins'] {
  const edges = Array.from({ length: Math.round(end / binWidth) - 1 }, (_, index) => (index + 1) * binWidth);
  const layout = bin().domain([0, end]).thresholds(edges);
  return layout(values).map(({ x0 = 0, x1 = 0, length }) => ({ x0, x1, count: length }));
}

function sentenceOf({ pictured, values }: Row, { tail: [, p], tailSays }: Distribution): string {
  if (values.length === 0) return `${pictured.name}: not measured.`;
  return `${pictured.name}: median ${ratio(median(values))}, ${tailSays(ratio(percentile(values, p)), values.length)}.`;
}

function bands({ bands: parts }: Distribution, x: ScaleLinear<number, number>, bottom: number): Markup {
  return html`${parts.map(({ kind, name, from }, index) => {
    const [start, stop] = [x(from), x(parts[index + 1]?.from ?? x.domain()[1] ?? from)];
    return html`<rect
        class="band ${kind}"
        x="${at(start)}"
        y="${top}"
        width="${at(stop - start)}"
        height="${bottom - top}"
      /><text class="tick" x="${at((start + stop) / 2)}" y="${top - 6}" text-anchor="middle"
        >${stop - start > 6 * name.length ? name : ''}</text
      >`;
  })}`;
}

interface Scales {
  readonly x: (value: number) => number;
  readonly highest: number;
  readonly base: number;
  readonly tail: Distribution['tail'];
}

function histogram({ pictured, values, bins }: Row, scales: Scales): Markup {
  const { x, highest, base } = scales;
  const heightOf = (count: number): number =>
    ((rowHeight - 22) * count) / Math.max(1, values.length) / (highest || 1);
  const bars = bins
    .filter(({ count }) => count > 0)
    .map(({ x0, x1, count }) => {
      const height = heightOf(count);
      return html`<rect
        x="${at(x(x0) + 0.5)}"
        y="${at(base - height)}"
        width="${at(Math.max(1, x(x1) - x(x0) - 1))}"
        height="${at(height)}"
      />`;
    });
  return html`<g class="${pictured.kind}"
    >${bars}${markLines(values, scales)}<line
      class="axis"
      x1="${left}"
      x2="${right}"
      y1="${base}"
      y2="${base}"
    /><text class="name" x="${left + 4}" y="${base - rowHeight + 20}">${pictured.name}</text></g
  >`;
}

function markLines(values: Float64Array, { x, base, tail }: Scales): readonly Markup[] {
  return percentileMarks([['p50', 0.5], tail], values).map(({ name, value }) => {
    const place = at(x(value));
    const nearEnd = place > right - roomOfLabel;
    // The arm's name stands at the left: a label there goes below it.
    const lower = place < left + roomOfName ? 14 : 0;
    return html`<line
        class="percentile"
        x1="${place}"
        x2="${place}"
        y1="${base - rowHeight + 12}"
        y2="${base}"
      /><text
        class="halo"
        x="${place + (nearEnd ? -3 : 3)}"
        y="${base - rowHeight + 20 + lower}"
        text-anchor="${nearEnd ? 'end' : 'start'}"
        >${name}</text
      >`;
  });
}

/** Marks that share a place share a label. */
function percentileMarks(
  marks: readonly (readonly [name: string, p: number])[],
  values: Float64Array,
): readonly { readonly name: string; readonly value: number }[] {
  const named = new Map<number, string>();
  for (const [name, p] of marks) {
    const value = percentile(values, p);
    if (value !== undefined) named.set(value, [named.get(value) ?? [], name].flat().join(', '));
  }
  return [...named].map(([value, name]) => ({ name, value }));
}
