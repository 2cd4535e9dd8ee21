/** The id that GitHub gives a heading: lower case, punctuation dropped, each space a hyphen. */
export function slugOf(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
    .replaceAll(' ', '-');
}

/** An id per heading, unique among them: a repeated one gets `-1`, `-2` and so on. A heading without letters is `section`. */
export function sectionIds(headings: readonly string[]): string[] {
  const taken = new Set<string>();
  return headings.map((heading) => {
    const slug = slugOf(heading) || 'section';
    let id = slug;
    for (let repeat = 1; taken.has(id); repeat += 1) id = `${slug}-${repeat}`;
    taken.add(id);
    return id;
  });
}
