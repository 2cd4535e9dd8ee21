import { bin, max } from 'd3-array';
import { scaleLinear } from 'd3-scale';
import { median, percentile } from '../../../core/percentile.ts';
import { html, type Markup } from '../markup.ts';
import type { ReportModel } from '../model.ts';
import { at, ratio } from '../numbers.ts';
import { figure, measured, picturedArms, ticksBelow, type PicturedArm } from './figure.ts';

const width = 420;
const rowHeight = 92;
const top = 30;
const [left, right] = [8, width - 8];
const binWidth = 0.02;

interface Row {
  readonly pictured: PicturedArm;
  readonly values: Float64Array;
  readonly bins: readonly { readonly x0: number; readonly x1: number; readonly count: number }[];
}

/** How far what was retrieved is from what was asked: a histogram an arm, over the bands of ΔS. `undefined` without values. */
export function distanceChart(model: ReportModel): Markup | undefined {
  const values = picturedArms(model).map((pictured) => ({ pictured, values: measured(pictured.arm.calls.distance) }));
  const largest = Math.max(0.7, ...values.map((row) => max(row.values) ?? 0));
  if (values.every((row) => row.values.length === 0)) return undefined;
  const end = Math.ceil(largest / binWidth) * binWidth;
  const rows = values.map((row) => ({ ...row, bins: binsOf(row.values, end) }));
  const highest = Math.max(...rows.flatMap(({ bins, values: { length } }) => bins.map(({ count }) => count / Math.max(1, length))));
  const x = scaleLinear([0, end], [left, right]);
  const bottom = top + rows.length * rowHeight;
  const limit = limitOf(model);
  return figure({
    id: 'distances',
    title: 'ΔS: how far the retrieved text is from the question',
    says: `Left is better. ${rows.map(sentenceOf).join(' ')}${limit === undefined ? '' : ` The dashed line is the limit of the mean, ${ratio(limit)}.`}`,
    definitions: ['semantic-distance'],
    width,
    height: bottom + 18,
    picture: html`${bands(x, end, bottom)}${ticksBelow({ values: x.ticks(7), place: x, label: (value) => value.toFixed(1) }, { top, bottom })}
    ${rows.map((row, index) => histogram(row, { x, highest, base: top + (index + 1) * rowHeight }))}
    ${limit !== undefined && html`<line class="limit" x1="${at(x(limit))}" x2="${at(x(limit))}" y1="${top}" y2="${bottom}" />`}`,
  });
}

function binsOf(values: Float64Array, end: number): Row['bins'] {
  const edges = Array.from({ length: Math.round(end / binWidth) - 1 }, (_, index) => (index + 1) * binWidth);
  const layout = bin().domain([0, end]).thresholds(edges);
  return layout(values).map(({ x0 = 0, x1 = 0, length }) => ({ x0, x1, count: length }));
}

function limitOf({ verdicts }: ReportModel): number | undefined {
  return verdicts.flatMap(({ rules }) => rules).find(({ rule }) => rule === 'semantic_distance')?.limit;
}

function sentenceOf({ pictured, values }: Row): string {
  if (values.length === 0) return `${pictured.name}: not measured.`;
  return `${pictured.name}: median ${ratio(median(values))}, 95 % of ${values.length} calls at most ${ratio(percentile(values, 0.95))}.`;
}

function bands(x: (value: number) => number, end: number, bottom: number): Markup {
  const parts = [
    ['stable', 0, 0.4],
    ['transitional', 0.4, 0.6],
    ['critical', 0.6, end],
  ] as const;
  return html`${parts.map(([name, from, to]) => {
    const [start, stop] = [x(from), x(to)];
    return html`<rect class="band ${name}" x="${at(start)}" y="${top}" width="${at(stop - start)}" height="${bottom - top}" /><text
        class="tick"
        x="${at((start + stop) / 2)}"
        y="${top - 6}"
        text-anchor="middle"
        >${stop - start > 60 ? name : ''}</text
      >`;
  })}`;
}

function histogram({ pictured, values, bins }: Row, scales: { x: (value: number) => number; highest: number; base: number }): Markup {
  const { x, highest, base } = scales;
  const heightOf = (count: number): number => ((rowHeight - 22) * count) / Math.max(1, values.length) / (highest || 1);
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
  const marks = (
    [
      ['p50', 0.5],
      ['p95', 0.95],
    ] as const
  ).map(([name, p]) => {
    const value = percentile(values, p);
    if (value === undefined) return undefined;
    const place = at(x(value));
    return html`<line class="percentile" x1="${place}" x2="${place}" y1="${base - rowHeight + 12}" y2="${base}" /><text
        class="halo"
        x="${place + 3}"
        y="${base - rowHeight + 20}"
        >${name}</text
      >`;
  });
  return html`<g class="${pictured.kind}"
    >${bars}${marks}<line class="axis" x1="${left}" x2="${right}" y1="${base}" y2="${base}" /><text
      class="name"
      x="${left + 4}"
      y="${base - rowHeight + 20}"
      >${pictured.name}</text
    ></g
  >`;
}
