import { printable } from '../../../base/printable.ts';
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
    <svg viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="${id}-title" aria-describedby="${id}-says">${picture}</svg>
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
  const pictured = (arm: ReportArm, kind: PicturedArm['kind']): PicturedArm => ({ arm, kind, name: printable(arm.record.arm, 24) });
  return [...(baseline === undefined ? [] : [pictured(baseline, 'baseline')]), pictured(candidate, 'candidate')];
}

/** Which arm is which, as colour and shape. */
export function legend(arms: readonly PicturedArm[]): Markup {
  return html`<p class="legend">${arms.map(({ name, kind }) => html`<span class="key ${kind}">${name}</span> `)}</p>`;
}

export interface Ticks {
  readonly values: readonly number[];
  readonly place: (value: number) => number;
  readonly label: (value: number) => string;
}

/** Ticks and their numbers below a picture. */
export function ticksBelow({ values, place, label }: Ticks, { top, bottom }: { readonly top: number; readonly bottom: number }): Markup {
  return html`${values.map((value) => {
    const x = at(place(value));
    return html`<line class="grid" x1="${x}" x2="${x}" y1="${at(top)}" y2="${at(bottom)}" /><text
        class="tick"
        x="${x}"
        y="${at(bottom + 13)}"
        text-anchor="middle"
        >${label(value)}</text
      >`;
  })}`;
}

/** Ticks and their numbers at the left of a picture. */
export function ticksLeft({ values, place, label }: Ticks, { left, right }: { readonly left: number; readonly right: number }): Markup {
  return html`${values.map((value) => {
    const y = at(place(value));
    return html`<line class="grid" x1="${at(left)}" x2="${at(right)}" y1="${y}" y2="${y}" /><text
        class="tick"
        x="${at(left - 5)}"
        y="${at(y + 4)}"
        text-anchor="end"
        >${label(value)}</text
      >`;
  })}`;
}

/** The measured values of a column. */
export function measured(column: Float64Array): Float64Array {
  return column.filter((value) => !Number.isNaN(value));
}
