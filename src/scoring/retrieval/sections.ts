import type { Anchor } from '../../plan/gold-set.ts';
import type { SnippetReference } from '../record.ts';
import { inSectionOf } from './quality.ts';

/** What names a section, of a snippet as of an anchor. */
export type NamedSection = Pick<SnippetReference, 'section_id' | 'source_url'>;

/** Tells whether a snippet is in a section of any of the anchors. */
export function sectionMatcher(anchors: Iterable<Anchor>): (snippet: NamedSection) => boolean {
  const known = new Map<string, Anchor[]>();
  for (const anchor of anchors) {
    if (anchor.section_id === undefined) continue;
    const others = known.get(anchor.section_id);
    if (others === undefined) known.set(anchor.section_id, [anchor]);
    else others.push(anchor);
  }
  return (snippet) =>
    known.get(snippet.section_id ?? '')?.some((anchor) => inSectionOf(snippet, anchor)) ?? false;
}

const shownSections = 3;

/** Some sections as they are written, for people who look why none of the one side is on the other. */
export function exampleSections(sections: Iterable<NamedSection>): string {
  const found = new Set<string>();
  for (const { section_id: id, source_url: url } of sections) {
    if (id !== undefined) found.add(url === undefined ? `"${id}"` : `"${id}" in "${url}"`);
    if (found.size >= shownSections) break;
  }
  return [...found].join(', ');
}
