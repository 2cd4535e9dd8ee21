import { codePointLength } from '../text/code-points.ts';
import type { Question, ResolvedAnchor } from '../plan/gold-set.ts';
import type { Documents, FoundDocument } from './documents.ts';
import { errorAt, show, warningAt, type GoldFinding, type Place } from './finding.ts';
import type { GoldEntry } from './read.ts';
import type { WrittenAnchor } from './schema.ts';

export interface ResolvedEntry {
  readonly entry: GoldEntry;
  /** With the anchors that could be resolved. */
  readonly question: Question;
  readonly findings: readonly GoldFinding[];
}

/** A question with the texts of its anchors at hand, and what is wrong with the anchors. */
export async function resolveEntry(entry: GoldEntry, documents: Documents): Promise<ResolvedEntry> {
  const { question, place } = entry;
  const findings: GoldFinding[] = [];
  const anchors: ResolvedAnchor[] = [];
  for (const [index, anchor] of question.anchors.entries()) {
    const document = anchor.source_url === undefined ? undefined : await documents.find(anchor.source_url);
    const judged = judgeAnchor({ anchor, name: `anchors[${index}]`, document, place });
    findings.push(...judged.findings);
    if (judged.text !== undefined) anchors.push(resolvedAnchor(anchor, judged.text));
  }
  if (question.answerable && question.anchors.length === 0) findings.push(noAnchor(place));
  const { answer } = question;
  const resolved = {
    id: question.id.normalize('NFC'),
    question: question.question,
    paraphrases: question.paraphrases,
    anchors,
    ...(answer === undefined ? {} : { answer }),
    answerable: question.answerable,
    tags: question.tags,
  };
  return { entry, question: resolved, findings };
}

function resolvedAnchor(anchor: WrittenAnchor, text: string): ResolvedAnchor {
  const { source_url, section_id, offsets } = anchor;
  return {
    ...(source_url === undefined ? {} : { source_url }),
    ...(section_id === undefined ? {} : { section_id }),
    ...(offsets === undefined ? {} : { offsets }),
    text,
  };
}

interface AnchorCase {
  readonly anchor: WrittenAnchor;
  readonly name: string;
  readonly document: FoundDocument | undefined;
  readonly place: Place;
}

interface Judged {
  readonly text?: string | undefined;
  readonly findings: readonly GoldFinding[];
}

function judgeAnchor(one: AnchorCase): Judged {
  const { anchor, document } = one;
  if (anchor.text === undefined && anchor.offsets === undefined) return { findings: [emptyAnchor(one)] };
  if (anchor.offsets === undefined)
    return { text: anchor.text, findings: document === undefined ? [] : textOnly(one, document) };
  if (document?.found === true) return judgeSlice(one, anchor.offsets, document);
  if (anchor.text === undefined) return { findings: [unresolved(one)] };
  const [start, end] = anchor.offsets;
  const length = codePointLength(anchor.text);
  const fits = length === end - start;
  return {
    text: anchor.text,
    findings: [
      ...(fits ? [] : [wrongLength(one, length)]),
      ...(document === undefined ? [] : [unchecked(one, document.why)]),
    ],
  };
}

function judgeSlice(
  one: AnchorCase,
  [start, end]: readonly [number, number],
  document: FoundDocument & { found: true },
): Judged {
  const { anchor } = one;
  if (end > document.points.length)
    return { text: anchor.text, findings: [beyond(one, document.points.length)] };
  const slice = document.points.slice(start, end);
  if (anchor.text === undefined)
    return slice.trim() === '' ? { findings: [blank(one)] } : { text: slice, findings: [] };
  return { text: anchor.text, findings: slice === anchor.text ? [] : [differs(one, slice, document.text)] };
}

function textOnly(one: AnchorCase, document: FoundDocument): GoldFinding[] {
  const { anchor, name, place } = one;
  if (!document.found || document.text.includes(anchor.text ?? '')) return [];
  const words = {
    message: `the text of ${name} is not in "${anchor.source_url}"`,
    hint: 'was the document edited? copy the section again, best with its offsets',
  };
  return [warningAt(place, 'anchor_text_not_found', words)];
}

function noAnchor(place: Place): GoldFinding {
  return errorAt(place, 'no_anchor', {
    message: 'the question is answerable but has no anchor',
    hint: 'add the section that answers it, or write "answerable": false where the documents do not',
  });
}

function emptyAnchor({ name, place, anchor }: AnchorCase): GoldFinding {
  const hint =
    anchor.source_url === undefined
      ? 'add "text"'
      : 'add "text", or "offsets": [start, end] into the document';
  return errorAt(place, 'anchor_unresolved', { message: `${name} has neither text nor offsets`, hint });
}

function unresolved({ name, place, anchor, document }: AnchorCase): GoldFinding {
  const why =
    document?.found === false
      ? `: the document "${anchor.source_url}" ${document.why}`
      : ': it has no source_url';
  const hint = 'write the anchor\'s text into the gold set, ship the document with it, or configure "corpus"';
  return errorAt(place, 'anchor_unresolved', {
    message: `${name} has no text and its offsets lead nowhere${why}`,
    hint,
  });
}

function unchecked({ name, place, anchor }: AnchorCase, why: string): GoldFinding {
  const words = {
    message: `the offsets of ${name} were not checked: the document "${anchor.source_url}" ${why}`,
    hint: 'ship the document with the gold set, or configure "corpus"',
  };
  return warningAt(place, 'document_not_at_hand', words);
}

function beyond({ name, place, anchor }: AnchorCase, length: number): GoldFinding {
  const words = {
    message: `the offsets ${show(anchor.offsets)} of ${name} go beyond "${anchor.source_url}", which has ${length} code points`,
    hint: 'offsets count Unicode code points from the start of the document: write them anew',
  };
  return errorAt(place, 'offsets_beyond_document', words);
}

function blank({ name, place, anchor }: AnchorCase): GoldFinding {
  return errorAt(place, 'anchor_unresolved', {
    message: `the offsets ${show(anchor.offsets)} of ${name} hold no words`,
    hint: 'write the offsets anew',
  });
}

function wrongLength({ name, place, anchor }: AnchorCase, length: number): GoldFinding {
  const words = {
    message: `the text of ${name} has ${length} code points, but its offsets ${show(anchor.offsets)} span ${(anchor.offsets?.[1] ?? 0) - (anchor.offsets?.[0] ?? 0)}`,
    hint: 'copy the section again, with its offsets',
  };
  return errorAt(place, 'anchor_text_differs', words);
}

function differs({ name, place, anchor }: AnchorCase, slice: string, document: string): GoldFinding {
  const words = {
    message: `the text of ${name} is not what "${anchor.source_url}" has at ${show(anchor.offsets)}: ${show(slice)}`,
    hint: differsHint(anchor, document),
  };
  return errorAt(place, 'anchor_text_differs', words);
}

function differsHint(anchor: WrittenAnchor, document: string): string {
  const at = document.indexOf(anchor.text ?? '');
  if (at !== -1) {
    const start = codePointLength(document.slice(0, at));
    return `the text stands at [${start}, ${start + codePointLength(anchor.text ?? '')}]: write these offsets`;
  }
  if (document.includes('\r\n'))
    return 'the document has CRLF line ends, which count as two: check it out with LF';
  return 'was the document edited? copy the section again, with its offsets';
}
