/** A half-open interval of UTF-16 units. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** A run of lines that belongs together. */
export interface Block extends Range {
  /** `whole`: code fences and tables, which lose their sense in pieces. */
  readonly kind: 'prose' | 'whole';
}

/** A heading and what stands under it, up to the next heading of any level. */
export interface Section {
  /** As a reader sees it; absent for what stands before the first heading. */
  readonly heading?: string;
  /** 1 to 6; 0 without heading. */
  readonly level: number;
  readonly blocks: readonly Block[];
}

interface Line extends Range {
  readonly text: string;
}

interface Building {
  readonly sections: { heading?: string; level: number; blocks: Block[] }[];
  /** The lines of the paragraph that is still going on. */
  paragraph: Line[];
  fence?: { readonly opening: Line; readonly mark: string } | undefined;
}

const atxHeading = /^ {0,3}(#{1,6})(?=[ \t]|$)(.*)$/u;
const closingMarks = /(?:^|[ \t])#+$/u;
const setextUnderline = /^ {0,3}(=+|-+)[ \t]*$/u;
const thematicBreak = /^ {0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})$/u;
const fenceOpening = /^\s*(`{3,}(?=[^`]*$)|~{3,})/u;
/** What makes a line a list, a quote or a table: a number with a dot alone does not, as in "1.2 of May". */
const notAHeading = /^\s*(?:[>|]|(?:[-*+]|\d{1,9}[.)])(?=\s|$))/u;
const tableDelimiter = /^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$/u;

/** Cuts a Markdown text (CommonMark, with tables) at its headings. Front matter is left out. Any text has at least one section. */
export function sectionsOf(text: string): readonly Section[] {
  const building: Building = { sections: [{ level: 0, blocks: [] }], paragraph: [] };
  for (const line of withoutFrontMatter(linesOf(text))) readLine(building, line);
  endFence(building, text.length);
  endParagraph(building);
  return building.sections;
}

/** A heading's text as a reader sees it: links and images by their words, no emphasis or code marks. */
export function plainHeading(written: string): string {
  return written
    .replaceAll(/!\[([^[\]]*)\]\([^()]*\)/gu, '$1')
    .replaceAll(/\[([^[\]]*)\]\([^()]*\)/gu, '$1')
    .replaceAll(/[`*]/gu, '')
    .trim();
}

function readLine(building: Building, line: Line): void {
  if (building.fence !== undefined) {
    if (closesFence(line.text, building.fence.mark)) endFence(building, line.end);
    return;
  }
  const fence = fenceOpening.exec(line.text)?.[1];
  if (fence !== undefined) {
    endParagraph(building);
    building.fence = { opening: line, mark: fence };
    return;
  }
  readOutsideFence(building, line);
}

function readOutsideFence(building: Building, line: Line): void {
  const atx = atxHeading.exec(line.text);
  const underline = setextUnderline.exec(line.text)?.[1];
  const [only, ...more] = building.paragraph;
  if (atx !== null) {
    endParagraph(building);
    startSection(building, (atx[2] ?? '').trim().replace(closingMarks, ''), (atx[1] ?? '').length);
  } else if (
    underline !== undefined &&
    only !== undefined &&
    more.length === 0 &&
    !notAHeading.test(only.text)
  ) {
    building.paragraph = [];
    startSection(building, only.text, underline.startsWith('=') ? 1 : 2);
  } else if (line.text.trim() === '' || thematicBreak.test(line.text)) endParagraph(building);
  else building.paragraph.push(line);
}

function startSection(building: Building, heading: string, level: number): void {
  building.sections.push({ heading: plainHeading(heading), level, blocks: [] });
}

function endParagraph(building: Building): void {
  const [first, second] = building.paragraph;
  const last = building.paragraph.at(-1);
  if (first === undefined || last === undefined) return;
  const table =
    second !== undefined &&
    first.text.includes('|') &&
    second.text.includes('-') &&
    tableDelimiter.test(second.text);
  addBlock(building, { start: first.start, end: last.end, kind: table ? 'whole' : 'prose' });
  building.paragraph = [];
}

function endFence(building: Building, end: number): void {
  if (building.fence !== undefined)
    addBlock(building, { start: building.fence.opening.start, end, kind: 'whole' });
  building.fence = undefined;
}

function addBlock(building: Building, block: Block): void {
  building.sections.at(-1)?.blocks.push(block);
}

function closesFence(text: string, mark: string): boolean {
  const written = text.trim();
  return written.length >= mark.length && written === (mark[0] ?? '').repeat(written.length);
}

function withoutFrontMatter(lines: readonly Line[]): readonly Line[] {
  if (lines[0]?.text.trimEnd() !== '---') return lines;
  const end = lines.findIndex((line, index) => index > 0 && /^(?:---|\.\.\.)\s*$/u.test(line.text));
  return end === -1 ? lines : lines.slice(end + 1);
}

/** Lines without their ends: LF, CRLF or CR. */
function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  let start = 0;
  for (const feed of text.matchAll(/\r\n|\n|\r/gu)) {
    lines.push({ start, end: feed.index, text: text.slice(start, feed.index) });
    start = feed.index + feed[0].length;
  }
  if (start < text.length) lines.push({ start, end: text.length, text: text.slice(start) });
  return lines;
}
