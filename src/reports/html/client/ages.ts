const steps = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const;

/** Milliseconds by which the clocks of who judged and who reads may differ. */
const tolerance = 60_000;
const againMilliseconds = 10_000;

/** Says how old the evidence is, and keeps looking whether a verdict has expired: then it opens nothing any more. */
export function tellAges(now: () => number): void {
  const evidence = document.getElementById('age');
  const finished = Date.parse(evidence?.dataset['finished'] ?? '');
  if (evidence !== null && finished <= now()) evidence.append(` (${spanOf(now() - finished)} ago)`);
  const look = (): void => {
    const problem = problemAt(now());
    if (problem === undefined) return;
    clearInterval(timer);
    close(problem);
  };
  const timer = setInterval(look, againMilliseconds);
  for (const event of ['visibilitychange', 'focus', 'pageshow']) addEventListener(event, look);
  look();
}

interface Problem {
  readonly word: string;
  readonly sentence: string;
}

function problemAt(now: number): Problem | undefined {
  const { expires = '', judged = '' } = document.getElementById('expiry')?.dataset ?? {};
  if (document.getElementById('expiry') === null) return undefined;
  if (!(now <= Date.parse(expires)))
    return { word: 'Expired', sentence: 'It has expired: judge again before you flip.' };
  if (Date.parse(judged) - now <= tolerance) return undefined;
  return { word: 'From the future', sentence: 'By the clock here that is yet to come: set the clock.' };
}

/** Nothing on the page looks like a pass any more. */
function close({ word, sentence }: Problem): void {
  const expiry = document.getElementById('expiry');
  const section = expiry?.closest('.verdict');
  if (expiry === null || section?.classList.contains('closed') !== false) return;
  expiry.append(` ${sentence}`);
  section.classList.add('closed');
  if (!section.classList.contains('pass')) return;
  section.classList.replace('pass', 'error');
  section.querySelector('h1')?.prepend(`${word}. It was: `);
  section.querySelector('.symbol')?.replaceChildren('!');
  document.title = `${word.toLowerCase()}: ${document.title}`;
  for (const chip of document.querySelectorAll('.chip.pass')) {
    chip.classList.remove('pass');
    chip.replaceChildren('was pass');
  }
}

function spanOf(milliseconds: number): string {
  const [name, seconds] = steps.find(([, length]) => milliseconds >= 1000 * length) ?? ['second', 1];
  const count = Math.floor(milliseconds / 1000 / seconds);
  return `${count} ${name}${count === 1 ? '' : 's'}`;
}
