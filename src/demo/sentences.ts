/** The first sentences of a section's running text: headings, lists, tables and code are passed over. The same section gives the same words. */
export function leadSentences(chunks: readonly string[], count: number): string {
  const paragraphs = chunks
    .flatMap((text) => text.split(/\n{2,}/u))
    .map((paragraph) => paragraph.trim())
    .filter((paragraph) => paragraph !== '' && !/^(?:#|```|~~~|\||[-*+] |\d+[.)] )/u.test(paragraph));
  const sentences = paragraphs.flatMap((paragraph) =>
    paragraph.replaceAll(/\s+/gu, ' ').split(/(?<=[.!?])\s+(?=\p{Lu}|\p{Nd}|["'(`])/u),
  );
  return (sentences.length === 0 ? chunks.slice(0, 1) : sentences.slice(0, count)).join(' ').trim();
}
