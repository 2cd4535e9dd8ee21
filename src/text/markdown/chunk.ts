import { canonicalJson, sha256 } from '../../base/canonical.ts';
import { codePointStartsOf } from '../code-point-units.ts';
import { sectionsOf, type Range, type Section } from './sections.ts';
import { packBlocks, type CountTokens } from './pack-blocks.ts';
import { sectionIds } from './section-ids.ts';
import { tokenize } from '../tokens.ts';

/** A piece of one section of a document, as an index holds it. */
export interface MarkdownChunk {
  /** `S_` and twelve hex digits of the content: the same text in the same section keeps its id. */
  readonly snippet_id: string;
  /** The heading's id as GitHub gives it. */
  readonly section_id: string;
  readonly source_url: string;
  /** Half-open interval of Unicode code points in the document; exactly `text` stands there. */
  readonly offsets: readonly [number, number];
  /** Half-open interval of the document's tokens. */
  readonly tokens: readonly [number, number];
  /** Without the heading's line. */
  readonly text: string;
  /** The document's first heading of level 1, else its first heading, else its file name. */
  readonly title: string;
  readonly heading: string;
  /** `<title>. <heading>.`, which an index embeds in front of the text. */
  readonly context: string;
}

export interface ChunkOptions {
  readonly text: string;
  /** Names the document; `.txt` means plain text, one section, anything else Markdown. */
  readonly sourceUrl: string;
  /** Paragraphs are merged up to this many tokens; default 110. */
  readonly maxTokens?: number;
}

/**
 * Cuts a document into chunks: by headings, then paragraphs merged up to about `maxTokens`; a paragraph is cut only when it alone is longer.
 * In the order of the document; the same document gives the same chunks. Sections without text have none.
 */
export function chunkDocument({ text, sourceUrl, maxTokens = 110 }: ChunkOptions): MarkdownChunk[] {
  const name = baseName(sourceUrl);
  const sections = sourceUrl.toLowerCase().endsWith('.txt') ? [plainSection(text)] : sectionsOf(text);
  const place = placesIn(text);
  const count: CountTokens = (range) => {
    const [start, end] = place(range).tokens;
    return end - start;
  };
  const title = titleOf(sections) ?? name;
  const ids = idsOf(sections, name);
  const chunks = sections.flatMap((section, index) =>
    packBlocks(section.blocks, { text, count, maxTokens })
      .map((range) => trimmed(text, range))
      .filter(({ start, end }) => start < end)
      .map((range) =>
        chunkOf(place(range), {
          text: text.slice(range.start, range.end),
          sourceUrl,
          sectionId: ids[index] ?? name,
          title,
          heading: section.heading ?? title,
        }),
      ),
  );
  return withUniqueIds(chunks);
}

interface Place {
  readonly offsets: readonly [number, number];
  readonly tokens: readonly [number, number];
}

interface Words {
  readonly text: string;
  readonly sourceUrl: string;
  readonly sectionId: string;
  readonly title: string;
  readonly heading: string;
}

function chunkOf(place: Place, { text, sourceUrl, sectionId, title, heading }: Words): MarkdownChunk {
  return {
    snippet_id: `S_${sha256(canonicalJson([sourceUrl, sectionId, text])).slice(0, 12)}`,
    section_id: sectionId,
    source_url: sourceUrl,
    offsets: place.offsets,
    tokens: place.tokens,
    text,
    title,
    heading,
    context: heading === title ? `${title}.` : `${title}. ${heading}.`,
  };
}

/** The same words twice in one section: the second one's id gets `_2`. */
function withUniqueIds(chunks: readonly MarkdownChunk[]): MarkdownChunk[] {
  const seen = new Map<string, number>();
  return chunks.map((chunk) => {
    const times = (seen.get(chunk.snippet_id) ?? 0) + 1;
    seen.set(chunk.snippet_id, times);
    return times === 1 ? chunk : { ...chunk, snippet_id: `${chunk.snippet_id}_${times}` };
  });
}

/** Code points and tokens of a range of UTF-16 units. */
function placesIn(text: string): (range: Range) => Place {
  const pointAt = codePointStartsOf(text);
  const starts = tokenize(text).map((token) => token.start);
  return ({ start, end }) => {
    const offsets = [pointAt(start), pointAt(end)] as const;
    return { offsets, tokens: [firstFrom(starts, offsets[0]), firstFrom(starts, offsets[1])] };
  };
}

/** How many of the ascending values are below `limit`. */
function firstFrom(values: readonly number[], limit: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] ?? 0) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}

function plainSection(text: string): Section {
  const gaps = Array.from(text.matchAll(/(?<=\n)[ \t]*\r?\n/gu), (match) => match.index);
  const ends = [...gaps, text.length];
  return {
    level: 0,
    blocks: ends.map((end, index) => ({ start: ends[index - 1] ?? 0, end, kind: 'prose' })),
  };
}

function titleOf(sections: readonly Section[]): string | undefined {
  const headings = sections.filter((section) => section.heading !== undefined && section.heading !== '');
  return (headings.find((section) => section.level === 1) ?? headings[0])?.heading;
}

/** What stands before the first heading goes by the file's name, and never takes a heading's id away. */
function idsOf(sections: readonly Section[], name: string): readonly string[] {
  const withHeading = sections.filter((section) => section.heading !== undefined);
  const ids = sectionIds([...withHeading.map((section) => section.heading ?? ''), name]);
  return sections.map(
    (section) =>
      ids[section.heading === undefined ? withHeading.length : withHeading.indexOf(section)] ?? name,
  );
}

function trimmed(text: string, { start, end }: Range): Range {
  const inner = text.slice(start, end);
  return {
    start: start + (inner.length - inner.trimStart().length),
    end: end - (inner.length - inner.trimEnd().length),
  };
}

function baseName(sourceUrl: string): string {
  const name = sourceUrl.split('/').at(-1) ?? sourceUrl;
  return name.replace(/\.[^.]+$/u, '') || name;
}
