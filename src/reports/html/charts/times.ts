import { max } from 'd3-array';
import { scaleLinear } from 'd3-scale';
import { line } from 'd3-shape';
import { ascending, median, percentileOfSorted } from '../../../scoring/percentile.ts';
import { html, type Markup } from '../markup.ts';
import type { CallColumns, ReportModel } from '../model.ts';
import { at, percent, seconds } from '../numbers.ts';
import { figure, legend, measured, picturedArms, ticksBelow, ticksLeft, type PicturedArm } from './figure.ts';

const [width, height] = [420, 210];
const [left, right, top, bottom] = [58, width - 10, 10, height - 24];
const steps = 20;

/** A twentieth of the run's time. */
interface Span {
  readonly p50: number | undefined;
  readonly p95: number | undefined;
  readonly calls: number;
  readonly faults: number;
}

interface Course {
  readonly pictured: PicturedArm;
  readonly spans: readonly Span[];
  /** How much slower the last third of the calls was than the first; NaN where that is not known. */
  readonly slowdown: number;
}

/** How the arms did while the run went on: latency, and faults. */
export function timeCharts(model: ReportModel): readonly Markup[] {
  const arms = picturedArms(model);
  const lengths = arms.map(({ arm }) => (max(arm.calls.at) ?? Number.NaN) - firstCall(arm.calls));
  const length = Math.max(...lengths.filter(Number.isFinite), 0) / 1000;
  if (length === 0) return [];
  const courses = arms.map((pictured) => ({
    pictured,
    spans: spansOf(pictured.arm.calls, 1000 * length),
    slowdown: slowdownOf(pictured.arm.calls, model.shape.perQuestion),
  }));
  return [latencyCourse(courses, length), faultCourse(courses, length)].flatMap((chart) => chart ?? []);
}

function firstCall({ at: times }: CallColumns): number {
  return times.reduce((first, time) => (time < first ? time : first), Number.POSITIVE_INFINITY);
}

function spansOf(calls: CallColumns, milliseconds: number): readonly Span[] {
  const first = firstCall(calls);
  const spans = Array.from({ length: steps }, () => ({ seconds: [] as number[], calls: 0, faults: 0 }));
  calls.at.forEach((time, cell) => {
    const span = spans[Math.min(steps - 1, Math.floor(((time - first) / milliseconds) * steps))];
    if (span === undefined) return;
    span.calls += 1;
    span.faults += calls.faulted[cell] ?? 0;
    const latency = calls.latency.total[cell] ?? Number.NaN;
    if (!Number.isNaN(latency)) span.seconds.push(latency);
  });
  return spans.map(({ seconds: sample, calls: count, faults }) => {
    const sorted = ascending(sample);
    return {
      p50: percentileOfSorted(sorted, 0.5),
      p95: percentileOfSorted(sorted, 0.95),
      calls: count,
      faults,
    };
  });
}

function middleOf(step: number, length: number): number {
  return ((step + 0.5) * length) / steps;
}

function latencyCourse(courses: readonly Course[], length: number): Markup | undefined {
  const highest = max(courses.flatMap(({ spans }) => spans.flatMap(({ p95 }) => p95 ?? [])));
  if (highest === undefined) return undefined;
  const x = scaleLinear([0, length], [left, right]);
  const y = scaleLinear([0, highest * 1.1], [bottom, top]);
  const path = (spans: readonly Span[], name: 'p50' | 'p95'): string =>
    line<Span>()
      .defined((span) => span[name] !== undefined)
      .x((_, step) => at(x(middleOf(step, length))))
      .y((span) => at(y(span[name] ?? 0)))([...spans]) ?? '';
  return figure({
    id: 'latency-course',
    title: 'Latency while the run went on',
    says: `Does an arm get slower? ${courses.map(trendSentence).join(' ')} The thick line is the median, the dashed one p95.`,
    definitions: ['latency'],
    width,
    height,
    picture: html`${axes(x, y, seconds)}${courses.map(({ pictured: { kind }, spans }) => html`<g class="${kind}"><path class="course" d="${path(spans, 'p50')}" /><path class="course dashed" d="${path(spans, 'p95')}" />${lonePoints(spans).map((step) => html`<circle class="lone" cx="${at(x(middleOf(step, length)))}" cy="${at(y(spans[step]?.p50 ?? 0))}" r="3" />`)}</g>`)}`,
    after: courses.length > 1 && legend(courses.map(({ pictured }) => pictured)),
  });
}

/** Spans with calls between spans without: a line through them has no length. */
function lonePoints(spans: readonly Span[]): readonly number[] {
  const has = (step: number): boolean => spans[step]?.p50 !== undefined;
  return spans.flatMap((_, step) => (has(step) && !has(step - 1) && !has(step + 1) ? [step] : []));
}

/** Questions differ in length, and their order is random: each call counts against its question's median. */
function slowdownOf({ at: times, latency: { total } }: CallColumns, perQuestion: number): number {
  const medians = Array.from({ length: Math.ceil(total.length / perQuestion) }, (_, place) =>
    median(measured(total.subarray(place * perQuestion, (place + 1) * perQuestion))),
  );
  const relative = [...total.keys()]
    .map((cell) => ({
      time: times[cell] ?? Number.NaN,
      value: (total[cell] ?? Number.NaN) / (medians[Math.floor(cell / perQuestion)] ?? 0),
    }))
    .filter(({ time, value }) => Number.isFinite(time) && Number.isFinite(value))
    .sort((a, b) => a.time - b.time)
    .map(({ value }) => value);
  const third = Math.max(1, Math.floor(relative.length / 3));
  const middle = (values: readonly number[]): number => median(Float64Array.from(values)) ?? Number.NaN;
  return middle(relative.slice(-third)) / middle(relative.slice(0, third)) - 1;
}

function trendSentence({ pictured, slowdown }: Course): string {
  if (!Number.isFinite(slowdown)) return `${pictured.name}: not known.`;
  const told =
    Math.abs(slowdown) < 0.05
      ? 'about the same at the end as at the start'
      : `the last third of the calls was ${percent(Math.abs(slowdown))} ${slowdown > 0 ? 'slower' : 'quicker'} than the first, each call held against its question’s median`;
  return `${pictured.name}: ${told}.`;
}

function faultCourse(courses: readonly Course[], length: number): Markup | undefined {
  const faults = courses.map(({ spans }) => spans.reduce((sum, span) => sum + span.faults, 0));
  if (faults.every((count) => count === 0)) return undefined;
  const x = scaleLinear([0, length], [left, right]);
  const y = scaleLinear(
    [0, max(courses.flatMap(({ spans }) => spans.map((span) => span.faults))) ?? 1],
    [bottom, top + 6],
  );
  const barWidth = (right - left) / steps / courses.length - 1;
  const bars = ({ pictured: { kind }, spans }: Course, index: number): Markup =>
    html`<g class="${kind}"
      >${spans.map((span, step) =>
        span.faults === 0
          ? undefined
          : html`<rect
              x="${at(x((step * length) / steps) + index * (barWidth + 1))}"
              y="${at(y(span.faults))}"
              width="${at(barWidth)}"
              height="${at(bottom - y(span.faults))}"
            />`,
      )}</g
    >`;
  return figure({
    id: 'fault-course',
    title: 'Faults while the run went on',
    says: `${courses.map(({ pictured }, index) => `${pictured.name}: ${faults[index] ?? 0} faults`).join(', ')}. A bar counts the faults of a twentieth of the time.`,
    definitions: ['fault'],
    width,
    height,
    picture: html`${axes(x, y, (value) => (Number.isInteger(value) ? String(value) : ''))}${courses.map(bars)}`,
    after: courses.length > 1 && legend(courses.map(({ pictured }) => pictured)),
  });
}

interface Scale {
  (value: number): number;
  ticks(count: number): number[];
}

function axes(x: Scale, y: Scale, label: (value: number) => string): Markup {
  const elapsed = (value: number): string => (value === 0 ? 'start' : seconds(value));
  return html`${ticksBelow({ values: x.ticks(5), place: x, label: elapsed }, { top, bottom })}${ticksLeft({ values: y.ticks(4), place: y, label: (value) => (value === 0 ? '' : label(value)) }, { left, right })}`;
}
