const steps = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const;

/** Milliseconds by which the clocks of who judged and who reads may differ. */
const tolerance = 60_000;

/** Says how old the evidence is, and that a verdict has expired: then it opens nothing any more. */
export function tellAges(now: number): void {
  const evidence = document.getElementById('age');
  const finished = Date.parse(evidence?.dataset['finished'] ?? '');
  if (evidence !== null && finished <= now) evidence.append(` (${spanOf(now - finished)} ago)`);
  const expiry = document.getElementById('expiry');
  const expires = Date.parse(expiry?.dataset['expires'] ?? '');
  const judged = Date.parse(expiry?.dataset['judged'] ?? '');
  if (expiry === null || (now <= expires && judged - now <= tolerance)) return;
  const isExpired = !(now <= expires);
  expiry.append(isExpired ? ' It has expired: judge again before you flip.' : ' By the clock here that is yet to come: set the clock.');
  const section = expiry.closest('.verdict');
  if (section === null || !section.classList.contains('pass')) return;
  section.classList.replace('pass', 'inconclusive');
  section.querySelector('h1')?.prepend(isExpired ? 'Expired. It was: ' : 'From the future: ');
  section.querySelector('.symbol')?.replaceChildren('!');
}

function spanOf(milliseconds: number): string {
  const [name, seconds] = steps.find(([, length]) => milliseconds >= 1000 * length) ?? ['second', 1];
  const count = Math.floor(milliseconds / 1000 / seconds);
  return `${count} ${name}${count === 1 ? '' : 's'}`;
}
