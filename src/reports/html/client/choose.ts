import type { Embedded, EmbeddedQuestion } from '../embedded.ts';
import type { Address } from './address.ts';

/** Finds the questions that an address asks for, by their places, worst first. */
export function createChooser(content: Embedded): (address: Address) => readonly number[] {
  const words = content.questions.map((_, place) => wordsOf(content, place));
  return ({ search, tag, state, worse, flips, faults }) => {
    const wanted = search
      .normalize('NFKC')
      .toLowerCase()
      .split(/\s+/u)
      .filter((word) => word !== '');
    return content.questions.flatMap((question, place) => {
      const fits =
        (tag === '' || question.tags.includes(tag)) &&
        (state === '' || hasState(question, state)) &&
        (!worse || question.worse) &&
        (!flips || question.states.some(hasFlips)) &&
        (!faults || question.states.some((letters) => /[A-Z]/u.test(letters))) &&
        wanted.every((word) => words[place]?.includes(word));
      return fits ? [place] : [];
    });
  };
}

const letters: Readonly<Record<string, string>> = {
  convergent: 'c',
  split: 's',
  collapsed: 'x',
  backward: 'b',
};

function hasState({ states }: EmbeddedQuestion, state: string): boolean {
  return states.some((row) => row.toLowerCase().includes(letters[state] ?? '?'));
}

function hasFlips(row: string): boolean {
  return new Set(row.toLowerCase().replaceAll('-', '')).size > 1;
}

/** Everything of a question that a search looks at: its id, phrasings, tags, sections and answers. */
function wordsOf(content: Embedded, place: number): string {
  const question = content.questions[place];
  const detail = content.details[place];
  const found = new Set<number>([question?.asked ?? -1, ...(detail?.phrasings ?? [])]);
  for (const call of detail?.calls.flat() ?? []) {
    if (call === null) continue;
    found.add(call.answer ?? -1);
    found.add(call.message ?? -1);
    if (call.retrieval !== undefined)
      for (const [section] of content.retrievals[call.retrieval]?.snippets ?? []) found.add(section);
  }
  const texts = [...found].map((text) => content.texts[text] ?? '');
  return [question?.id ?? '', ...(question?.tags ?? []), ...texts].join('\n').normalize('NFKC').toLowerCase();
}
