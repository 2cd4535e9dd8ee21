import type { Snapshot } from '../snapshot.ts';

export type SeriesType = 'gauge' | 'counter';
/** Base units; `ratio` for 0 to 1 (a distance goes to 2), the empty one for what has none. */
export type SeriesUnit = '' | 'ratio' | 'seconds';

/** One value of a series. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  /** Finite: what was not measured is no sample. */
  readonly value: number;
}

/** A series as it is declared once: both exporters, the table in the docs, the rules and the dashboards go by it. */
export interface Series {
  readonly name: `flipgate_${string}`;
  readonly type: SeriesType;
  readonly labels: readonly string[];
  readonly unit: SeriesUnit;
  readonly help: string;
  /** Where in the store its value comes from, for people. */
  readonly source: string;
  readonly samples: (snapshot: Snapshot) => readonly Sample[];
}

/** A sample where there is a value: not measured is not exported. */
export function sample(labels: Sample['labels'], value: number | null | undefined): readonly Sample[] {
  return value !== null && value !== undefined && Number.isFinite(value) ? [{ labels, value }] : [];
}

/** Seconds since 1970 of an RFC 3339 time; `undefined` for what is none. */
export function timestamp(text: string | undefined): number | undefined {
  const milliseconds = Date.parse(text ?? '');
  return Number.isFinite(milliseconds) ? milliseconds / 1000 : undefined;
}
