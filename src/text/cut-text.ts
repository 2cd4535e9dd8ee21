/** Characters of a text that a report shows: longer ones are cut, and the cut is said. */
export const longestText = 8000;

/** The start of a text, as a copy where it is cut: the engine would else keep all of the text in memory for the piece of it. */
export function startOf(text: string, most: number): string {
  return text.length <= most ? text : Buffer.from(text.slice(0, most), 'utf16le').toString('utf16le');
}

/** At most so many characters, with how many were left out and where they stand. */
export function cutText(
  text: string,
  most: number,
  place: 'calls.jsonl' | 'snippets.jsonl' | 'the gold set',
): string {
  return text.length <= most
    ? text
    : `${startOf(text, most)} … (${text.length - most} more characters stand in ${place})`;
}
