/** A share in whole percent; what is not none does not read as none, nor what is not all as all. */
export function wholePercent(share: number): string {
  const rounded = Math.round(100 * share);
  if (rounded === 0 && share > 0) return '<1 %';
  if (rounded === 100 && share < 1) return '>99 %';
  return `${rounded} %`;
}
