import { max } from 'd3-array';
import { scaleLinear } from 'd3-scale';
import { sanitizeForTerminal } from '../../../base/printable.ts';
import { foreign, html, type Markup } from '../markup.ts';
import type { Measures, ReportModel } from '../model.ts';
import { at, ratio } from '../numbers.ts';
import type { Defined } from '../definitions.ts';
import { figure, ticksBelow, ticksLeft } from './figure.ts';
import { questionAddress } from '../addresses.ts';

const size = 380;
const [left, right, top, bottom] = [42, size - 8, 10, size - 36];
/** More points than these are drawn as a grid of counts. */
const maxPoints = 600;
const gridSteps = 40;
const namedOutliers = 5;
const smallestOutlier = 0.05;

interface Point {
  readonly id: string;
  readonly before: number;
  readonly after: number;
}

interface Paired {
  readonly id: string;
  readonly title: string;
  readonly measure: keyof Measures & ('distance' | 'coverage');
  readonly definition: Defined;
  readonly better: 'lower' | 'higher';
}

const charts: readonly Paired[] = [
  {
    id: 'pairs-distance',
    title: 'ΔS of each question',
    measure: 'distance',
    definition: 'semantic-distance',
    better: 'lower',
  },
  {
    id: 'pairs-coverage',
    title: 'Coverage of each question',
    measure: 'coverage',
    definition: 'coverage',
    better: 'higher',
  },
];

/** Each question as a point, baseline across and candidate up: on the diagonal nothing changed. None of runs that cannot be compared. */
export function pairCharts(model: ReportModel): readonly Markup[] {
  return model.incomparable !== undefined ? [] : charts.flatMap((chart) => pairChart(chart, model) ?? []);
}

function pairChart(chart: Paired, { questions, baseline, candidate }: ReportModel): Markup | undefined {
  const points = pointsOf(chart, questions);
  if (baseline === undefined || points.length === 0) return undefined;
  const end = Math.max(
    chart.better === 'lower' ? 0.7 : 1,
    max(points, ({ before, after }) => Math.max(before, after)) ?? 0,
  );
  const x = scaleLinear([0, end], [left, right]);
  const y = scaleLinear([0, end], [bottom, top]);
  const outliers = outliersOf(points);
  const [across, up] = [
    sanitizeForTerminal(baseline.record.arm, 24),
    sanitizeForTerminal(candidate.record.arm, 24),
  ];
  const scale = { values: x.ticks(5), label: (value: number) => value.toFixed(1) };
  return figure({
    id: chart.id,
    title: chart.title,
    says: sentenceOf(chart, points, [across, up]),
    definitions: [chart.definition],
    width: size,
    height: size,
    picture: html`<path
        class="worse"
        d="${chart.better === 'lower' ? `M${left} ${bottom}L${right} ${top}L${left} ${top}Z` : `M${left} ${bottom}L${right} ${top}L${right} ${bottom}Z`}"
      />
      ${ticksBelow({ ...scale, place: x }, { top, bottom })}${ticksLeft({ ...scale, place: y }, { left, right })}
      <line class="axis" x1="${left}" y1="${bottom}" x2="${right}" y2="${top}" />
      ${points.length > maxPoints ? grid(points, { x, y, end }) : points.map((point) => html`<circle class="point" cx="${at(x(point.before))}" cy="${at(y(point.after))}" r="4" />`)}
      ${labels(outliers, { x, y })}
      <text class="name" x="${(left + right) / 2}" y="${size - 4}" text-anchor="middle">${across}</text
      ><text class="name" transform="translate(11 ${(top + bottom) / 2}) rotate(-90)" text-anchor="middle"
        >${up}</text
      >`,
    after: outlierList(outliers),
  });
}

function pointsOf({ measure }: Paired, questions: ReportModel['questions']): readonly Point[] {
  return questions.flatMap(({ id, baseline, candidate }) => {
    const [before, after] = [baseline?.[measure], candidate[measure]];
    return before === undefined || after === undefined ? [] : [{ id, before, after }];
  });
}

function sentenceOf(
  { better: direction }: Paired,
  points: readonly Point[],
  [across, up]: readonly [across: string, up: string],
): string {
  const sign = direction === 'lower' ? 1 : -1;
  const worse = points.filter(({ before, after }) => sign * (after - before) > 1e-9).length;
  const better = points.filter(({ before, after }) => sign * (before - after) > 1e-9).length;
  return `${better} of ${points.length} questions got better on ${up}, ${worse} got worse, ${points.length - better - worse} are the same. In the shaded half ${up} is worse than ${across}.`;
}

function outliersOf(points: readonly Point[]): readonly Point[] {
  const distance = ({ before, after }: Point): number => Math.abs(after - before);
  return points
    .filter((point) => distance(point) >= smallestOutlier)
    .toSorted((a, b) => distance(b) - distance(a))
    .slice(0, namedOutliers);
}

interface Scales {
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
}

/** Names of outliers, each on a line of its own where two would stand on each other. */
function labels(outliers: readonly Point[], { x, y }: Scales): Markup {
  const taken: number[] = [];
  return html`${outliers.map(({ id, before, after }) => {
    const place = freePlace(y(after) + 4, taken);
    taken.push(place);
    const [start, isRight] = [x(before), x(before) > size * 0.6];
    return html`<circle class="outlier" cx="${at(start)}" cy="${at(y(after))}" r="6" /><text
        class="label"
        x="${at(isRight ? start - 9 : start + 9)}"
        y="${at(place)}"
        text-anchor="${isRight ? 'end' : 'start'}"
        >${sanitizeForTerminal(id, 18)}</text
      >`;
  })}`;
}

/** The nearest line to a place that no other label has and that is within the picture. */
function freePlace(wanted: number, taken: readonly number[]): number {
  const steps = Array.from({ length: 2 * namedOutliers }, (_, index) =>
    index % 2 === 0 ? index / 2 : -(index + 1) / 2,
  );
  const places = steps.map((step) => wanted + 13 * step);
  return (
    places.find(
      (place) => place > top + 8 && place <= bottom && !taken.some((other) => Math.abs(other - place) < 13),
    ) ?? wanted
  );
}

function grid(points: readonly Point[], { x, y, end }: Scales & { readonly end: number }): Markup {
  const counts = new Map<string, number>();
  const step = end / gridSteps;
  const stepOf = (value: number): number => Math.min(gridSteps - 1, Math.floor(value / step));
  for (const { before, after } of points) {
    const key = `${stepOf(before)} ${stepOf(after)}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const most = max(counts.values()) ?? 1;
  return html`${[...counts].map(([key, count]) => {
    const [column = 0, row = 0] = key.split(' ').map(Number);
    const radius = 1.2 + 4 * Math.sqrt(count / most);
    return html`<circle
      class="point"
      cx="${at(x((column + 0.5) * step))}"
      cy="${at(y((row + 0.5) * step))}"
      r="${at(radius)}"
    />`;
  })}`;
}

function outlierList(outliers: readonly Point[]): Markup | undefined {
  if (outliers.length === 0) return undefined;
  return html`<p class="outliers">
    Furthest from the diagonal:
    ${outliers.map(
      ({ id, before, after }, index) =>
        html`${index === 0 ? '' : ', '}<a href="${questionAddress(id)}"
            >${foreign(sanitizeForTerminal(id, 40))}</a
          >
          ${ratio(before)} → ${ratio(after)}`,
    )}.
  </p>`;
}
