import { sanitizeForTerminal } from '../../../base/printable.ts';
import { definitionLink, type Defined } from '../definitions.ts';
import { html, type Markup, type Piece } from '../markup.ts';
import type { ReportArm, ReportModel } from '../model.ts';
import { at } from '../numbers.ts';

/** A picture with what it shows in words, for everybody. */
export interface Figure {
  readonly id: string;
  readonly title: string;
  /** What is to be seen, in a sentence or two. */
  readonly says: Piece;
  readonly definitions: readonly Defined[];
  readonly width: number;
  readonly height: number;
  readonly picture: Piece;
  /** Below the picture. */
  readonly after?: Piece;
}

export function figure({ id, title, says, definitions, width, height, picture, after }: Figure): Markup {
  return html`<figure id="${id}">
    <figcaption>
      <h3 id="${id}-title">${title}</h3>
      <p id="${id}-says">${says} ${definitions.map(definitionLink)}</p>
    </figcaption>
    <svg
      viewBox="0 0 ${width} ${height}"
      role="img"
      aria-labelledby="${id}-title"
      aria-describedby="${id}-says"
    >
      ${picture}
    </svg>
    ${after}
  </figure>`;
}

export interface PicturedArm {
  readonly arm: ReportArm;
  readonly name: string;
  readonly kind: 'baseline' | 'candidate';
}

/** Baseline first. */
export function picturedArms({ baseline, candidate }: ReportModel): readonly PicturedArm[] {
  const pictured = (arm: ReportArm, kind: PicturedArm['kind']): PicturedArm => ({
    arm,
    kind,
    name: sanitizeForTerminal(arm.record.arm, 24),
  });
  return [
    ...(baseline === undefined ? [] : [pictured(baseline, 'baseline')]),
    pictured(candidate, 'candidate'),
  ];
}

/** Which arm is which, as colour and shape. */
export function legend(arms: readonly PicturedArm[]): Markup {
  return html`<p class="legend">
    ${arms.map(({ name, kind }) => html`<span class="key ${kind}">${name}</span> `)}
  </p>`;
}

export interface Ticks {
  readonly values: readonly number[];
  readonly place: (value: number) => number;
  readonly label: (value: number) => string;
}

/** Ticks and their numbers below a picture. */
export function ticksBelow(
  ticks: Ticks,
  { top, bottom }: { readonly top: number; readonly bottom: number },
): Markup {
  return drawn(ticks, (x) => ({
    from: [x, top],
    to: [x, bottom],
    label: [x, bottom + 13],
    anchor: 'middle',
  }));
}

/** Ticks and their numbers at the left of a picture. */
export function ticksLeft(
  ticks: Ticks,
  { left, right }: { readonly left: number; readonly right: number },
): Markup {
  return drawn(ticks, (y) => ({ from: [left, y], to: [right, y], label: [left - 5, y + 4], anchor: 'end' }));
}

type Point = readonly [x: number, y: number];

/** A tick's line, and where its number stands. */
interface Tick {
  readonly from: Point;
  readonly to: Point;
  readonly label: Point;
  readonly anchor: 'middle' | 'end';
}

function drawn({ values, place, label }: Ticks, tickAt: (place: number) => Tick): Markup {
  return html`${values.map((value) => {
    const tick = tickAt(at(place(value)));
    const [[x1, y1], [x2, y2], [x, y]] = [tick.from.map(at), tick.to.map(at), tick.label.map(at)];
    return html`<line class="grid" x1="${x1}" x2="${x2}" y1="${y1}" y2="${y2}" /><text
        class="tick"
        x="${x}"
        y="${y}"
        text-anchor="${tick.anchor}"
        >${label(value)}</text
      >`;
  })}`;
}

/** The measured values of a column. */
export function measured(column: Float64Array): Float64Array {
  return column.filter((value) => !Number.isNaN(value));
}
