import type { ReportModel } from '../model.ts';

/** A limit in a picture of a measure. */
export interface DrawnLimit {
  readonly value: number;
  /** What it limits. */
  readonly of: string;
}

/**
 * The first limit of the arm's own value that is within the picture: one of a difference or of another statistic has no place in it.
 * `limited` names what each statistic that has one is of.
 */
export function drawnLimit(
  limited: Readonly<Record<string, string>>,
  { verdicts }: ReportModel,
  end: number,
): DrawnLimit | undefined {
  const limits = verdicts.flatMap(({ rules }) =>
    rules.flatMap(({ statistic = '', comparing = 'candidate', limit }) => {
      const of =
        Object.hasOwn(limited, statistic) && comparing === 'candidate' ? limited[statistic] : undefined;
      return of === undefined || limit === undefined || limit < 0 || limit > end
        ? []
        : [{ value: limit, of }];
    }),
  );
  return limits[0];
}
