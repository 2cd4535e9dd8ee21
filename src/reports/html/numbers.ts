import { shown } from '../../gates/format.ts';

/** What is missing is shown as missing. */
export const missing = '–';

export function ratio(value: number | undefined): string {
  return value === undefined || Number.isNaN(value) ? missing : shown(value, 'ratio');
}

export function percent(value: number | undefined): string {
  return value === undefined || Number.isNaN(value) ? missing : `${shown(100 * value, 'ratio')} %`;
}

export function seconds(value: number | undefined): string {
  return value === undefined || Number.isNaN(value) ? missing : shown(value, 'seconds');
}

/** A place in a picture: a tenth of a unit is more than the eye sees. */
export function at(value: number): number {
  return Math.round(value * 10) / 10;
}

/** `2026-11-24 09:43 UTC`. */
export function minute(time: string | undefined): string {
  return time === undefined ? missing : `${time.slice(0, 10)} ${time.slice(11, 16)} UTC`;
}
