import type { Unit } from '../statistics/evidence/fields.ts';
import type { Comparing } from '../statistics/pair.ts';

/** A number of a statistic for people: as many digits as tell something. */
export function shown(value: number, unit: Unit | undefined, comparing: Comparing = 'candidate'): string {
  if (comparing === 'ratio') return `${digits(value, 3)} ×`;
  if (unit === 'seconds') return value < 1 ? `${digits(1000 * value, 3)} ms` : `${digits(value, 3)} s`;
  if (unit === 'count' || unit === 'tokens') return String(Math.round(value * 100) / 100);
  return digits(value, 3);
}

/** Significant digits, at most four after the point: 0.005, 0.45, 1.15, 12.3. */
function digits(value: number, significant: number): string {
  if (value === 0) return '0';
  const places = Math.min(4, Math.max(0, significant - 1 - Math.floor(Math.log10(Math.abs(value)))));
  const text = value.toFixed(places);
  const short = text.includes('.') ? text.replace(/0+$/u, '').replace(/\.$/u, '') : text;
  return short === '-0' ? '0' : short;
}
