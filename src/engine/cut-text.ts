/** Characters of a text that a report shows: longer ones are cut, and the cut is said. */
export const longestText = 8000;

/**
 * At most so many characters, with how many were left out and where they stand. What is cut is a copy: the engine would else keep all of
 * the text in memory for the piece of it.
 */
export function cutText(text: string, most: number, place: 'calls.jsonl' | 'snippets.jsonl' | 'the gold set'): string {
  if (text.length <= most) return text;
  const kept = Buffer.from(text.slice(0, most), 'utf16le').toString('utf16le');
  return `${kept} … (${text.length - most} more characters stand in ${place})`;
}
