/** Whether this is CI, where nothing may be left out unseen. */
export function inCi(): boolean {
  const ci = process.env['CI'];
  return ci !== undefined && ci !== 'false';
}
