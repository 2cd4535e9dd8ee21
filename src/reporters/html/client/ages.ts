const steps = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const;

/** Says how old the evidence is, and that a verdict has expired: then it opens nothing any more. */
export function tellAges(now: number): void {
  const evidence = document.getElementById('age');
  const finished = Date.parse(evidence?.dataset['finished'] ?? '');
  if (evidence !== null && finished <= now) evidence.append(` (${spanOf(now - finished)} ago)`);
  const expiry = document.getElementById('expiry');
  const expires = Date.parse(expiry?.dataset['expires'] ?? '');
  if (expiry === null || !(now > expires)) return;
  expiry.append(' It has expired: judge again before you flip.');
  const section = expiry.closest('.verdict');
  if (section === null || !section.classList.contains('pass')) return;
  section.classList.replace('pass', 'inconclusive');
  section.querySelector('h1')?.prepend('Expired. It was: ');
  section.querySelector('.symbol')?.replaceChildren('!');
}

function spanOf(milliseconds: number): string {
  const [name, seconds] = steps.find(([, length]) => milliseconds >= 1000 * length) ?? ['second', 1];
  const count = Math.floor(milliseconds / 1000 / seconds);
  return `${count} ${name}${count === 1 ? '' : 's'}`;
}
