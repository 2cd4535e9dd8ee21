import { UserError } from '../../base/errors.ts';
import { rowIn, textIn, type Imported, type ImportedQuestion } from './formats.ts';

export interface TrecTexts {
  /** Topics: SGML (`<num>`, `<title>`), or lines of id, tab, question; or, as rows, objects with an id and a question. */
  readonly topics: string | readonly unknown[];
  /** Lines of topic, iteration, document, grade; or of topic, document, grade. */
  readonly qrels: string;
  /** Documents, one JSON object a row, with `id` (or `docno`) and `text`. */
  readonly documents: readonly unknown[];
}

/** TREC topics with judgements: each relevant document becomes an anchor with its text, the best grade first. */
export function fromTrec({ topics, qrels, documents }: TrecTexts): Imported {
  const texts = new Map(documents.flatMap((value) => documentOf(value) ?? []));
  const relevant = relevantDocuments(qrels);
  const missing = new Set<string>();
  const questions = topicsIn(topics).map(([id, question]): ImportedQuestion => {
    const anchors = (relevant.get(id) ?? []).flatMap((document) => {
      const text = texts.get(document);
      if (text === undefined) missing.add(document);
      return text === undefined ? [] : [{ section_id: document, text }];
    });
    return { id, question, anchors };
  });
  const bare = questions.filter(({ anchors = [] }) => anchors.length === 0).length;
  const asked = new Set(questions.map(({ id }) => id));
  const unasked = [...relevant.keys()].filter((id) => !asked.has(id)).length;
  return {
    questions,
    notes: [
      ...(missing.size > 0 ? [`${missing.size} relevant documents are not among the documents`] : []),
      ...(bare > 0 ? [`${bare} questions have no relevant document, and so no anchor`] : []),
      ...(unasked > 0 ? [`${unasked} judged topics are not among the topics`] : []),
    ],
  };
}

function topicsIn(text: TrecTexts['topics']): ReadonlyArray<readonly [string, string]> {
  if (typeof text !== 'string') return text.map((value, index) => topicOf(value, index));
  const sgml = [
    ...text.matchAll(/<num>\s*(?:Number:)?\s*(?<id>\S+?)\s*(?:<\/num>)?\s*<title>\s*(?<title>[^<]+)/giu),
  ];
  if (sgml.length > 0)
    return sgml.map(({ groups }) => [groups?.['id'] ?? '', (groups?.['title'] ?? '').trim()]);
  return text.split(/\r?\n/u).flatMap((line, index) => {
    if (line.trim() === '') return [];
    const [id, question] = line.split('\t');
    if (id === undefined || question === undefined)
      throw new UserError(`line ${index + 1} of the topics has no tab`, {
        hint: 'a line is id, tab, question',
      });
    return [[id.trim(), question.trim()] as const];
  });
}

function topicOf(value: unknown, index: number): readonly [string, string] {
  const row = rowIn(value);
  const id = textIn(row?.['id'] ?? row?.['_id'] ?? row?.['query_id'] ?? row?.['qid']);
  const question = textIn(row?.['query'] ?? row?.['text'] ?? row?.['question'] ?? row?.['title']);
  if (id === undefined || question === undefined)
    throw new UserError(`topic ${index + 1} has no id or no question`, {
      hint: 'a topic is {"id", "query"}',
    });
  return [id, question];
}

function relevantDocuments(qrels: string): ReadonlyMap<string, readonly string[]> {
  const graded = new Map<string, { document: string; grade: number }[]>();
  qrels.split(/\r?\n/u).forEach((line, index) => {
    if (line.trim() === '') return;
    const columns = line.trim().split(/\s+/u);
    if (index === 0 && /^(?:query|topic)[-_]?id$/iu.test(columns[0] ?? '')) return;
    const [topic, document, grade] = columns.length === 3 ? columns : [columns[0], columns[2], columns[3]];
    if (topic === undefined || document === undefined || !Number.isFinite(Number(grade))) {
      throw new UserError(`line ${index + 1} of the judgements is not "topic iteration document grade"`);
    }
    if (Number(grade) > 0)
      graded.set(topic, [...(graded.get(topic) ?? []), { document, grade: Number(grade) }]);
  });
  return new Map(
    [...graded].map(([topic, list]) => [
      topic,
      list.sort((a, b) => b.grade - a.grade).map(({ document }) => document),
    ]),
  );
}

function documentOf(value: unknown): readonly (readonly [string, string])[] | undefined {
  const row = rowIn(value);
  const id = textIn(row?.['id'] ?? row?.['docno'] ?? row?.['_id'] ?? row?.['doc_id']);
  const text = [textIn(row?.['title']), textIn(row?.['text'])]
    .filter((part) => part !== undefined)
    .join('\n');
  return id === undefined || text === '' ? undefined : [[id, text]];
}
