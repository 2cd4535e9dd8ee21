import { unitsAt } from './code-points.ts';

/** Tells how many code points stand before a UTF-16 unit of the text; costs nothing where every code point is one unit. */
export function codePointStartsOf(text: string): (unit: number) => number {
  if (!/[\u{10000}-\u{10FFFF}]/u.test(text)) return (unit) => unit;
  const before = new Uint32Array(text.length + 1);
  let points = 0;
  for (let unit = 0; unit < text.length; points += 1) {
    const units = unitsAt(text, unit);
    before.fill(points, unit, unit + units);
    unit += units;
  }
  before[text.length] = points;
  return (unit) => before[unit] ?? points;
}
