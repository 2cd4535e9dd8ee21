import { readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { importGold, type ImportOptions, type ImportResult } from '../../../src/gold/imports/import.ts';
import { temporaryFolders } from './small-sets.ts';

const temporary = temporaryFolders();

interface Made {
  readonly result: ImportResult;
  readonly questions: readonly Record<string, unknown>[];
}

async function importing(
  files: Readonly<Record<string, string>>,
  options: Partial<ImportOptions> = {},
): Promise<Made> {
  const folder = await temporary();
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
  const result = await importGold(Object.keys(files)[0] ?? '', {
    workingDirectory: folder,
    out: 'gold.jsonl',
    force: false,
    ...options,
  });
  const lines = (await readFile(path.join(folder, 'gold.jsonl'), 'utf8')).trim().split('\n');
  return { result, questions: lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

describe('CSV', () => {
  test('columns become questions, paraphrases, several anchors, tags', async () => {
    const { result, questions } = await importing({
      'set.csv':
        '\uFEFFID,Question,paraphrase_1,paraphrase_2,source_url,offsets,anchor_text_2,answer,tags,answerable\r\nQ_7,"What, now?",One?,Two?,a.md,10-20,"The ""text""",Yes.,x|y,\r\n,Why?,,,,,,,,no\r\n',
    });
    expect(result.format).toBe('csv');
    expect(questions).toEqual([
      {
        id: 'Q_7',
        question: 'What, now?',
        paraphrases: ['One?', 'Two?'],
        anchors: [{ source_url: 'a.md', offsets: [10, 20] }, { text: 'The "text"' }],
        answer: 'Yes.',
        tags: ['x', 'y'],
      },
      { id: 'Q_0001', question: 'Why?', paraphrases: [], anchors: [], answerable: false, tags: [] },
    ]);
    expect(result.notes).toEqual([
      '2 questions have fewer than 3 paraphrases: add how other people would ask',
    ]);
  });

  test('what has no meaning is named, not lost in silence', async () => {
    const { result } = await importing({
      'set.csv': 'question,query,owner,offsets,answerable\nWhat?,Which?,ops,twelve,perhaps\n,,ops,,\n',
    });
    expect(result.notes).toEqual([
      '1 rows have no question and were left out',
      'offsets "twelve" are not two numbers and were left out',
      'answerable "perhaps" is neither true nor false: the question is taken as answerable',
      'not taken over: "query", "owner"',
      '1 questions have no anchor: add the section that answers each, or "answerable": false',
      '1 questions have fewer than 3 paraphrases: add how other people would ask',
    ]);
  });

  test('a line with more cells than columns is an error, not cut', async () => {
    await expect(importing({ 'set.csv': 'id,question\nQ_1,What, now?\n' })).rejects.toThrow(
      '"set.csv" is not CSV',
    );
  });

  test('an id that stands twice is an error and nothing is written', async () => {
    const folder = await temporary();
    await writeFile(path.join(folder, 'set.csv'), 'id,question\nQ_1,What?\nQ_1,Which?\n');
    await expect(
      importGold('set.csv', { workingDirectory: folder, out: 'gold.jsonl', force: false }),
    ).rejects.toThrow('id "Q_1" is of question 1 too');
    expect(await readdir(folder)).toEqual(['set.csv']);
  });

  test('ids that are given pass by those that are there', async () => {
    const { questions } = await importing({ 'set.csv': 'id,question\n,What?\nQ_0001,Which?\n' });
    expect(questions.map(({ id }) => id)).toEqual(['Q_0002', 'Q_0001']);
  });
});

describe('promptfoo', () => {
  test('tests of a configuration', async () => {
    const { result, questions } = await importing({
      'promptfooconfig.yaml':
        'tests:\n  - description: first\n    vars: { query: What?, context: The text., locale: en }\n    assert:\n      - { type: latency, threshold: 5 }\n      - { type: equals, value: Yes. }\n    metadata: { id: Q_a, tags: [x] }\n  - vars: { topic: none }\n',
    });
    expect(result.format).toBe('promptfoo');
    expect(questions).toEqual([
      {
        id: 'Q_a',
        question: 'What?',
        paraphrases: [],
        anchors: [{ text: 'The text.' }],
        answer: 'Yes.',
        tags: ['x'],
      },
    ]);
    expect(result.notes.slice(0, 4)).toEqual([
      '1 tests have no text in variable "question" or "query" or "input" or "prompt" or "user_input" and were left out',
      'not taken over: assertion "latency" (1 tests)',
      'not taken over: variable "locale" (1 tests)',
      'not taken over: key "description" (1 tests)',
    ]);
  });

  test('a table of tests', async () => {
    const { result, questions } = await importing({
      'tests.csv': 'question,__expected,__metadata:id\nWhat?,"similar(0.8): Yes: it is.",Q_b\n',
    });
    expect(result.format).toBe('promptfoo');
    expect(questions).toMatchObject([{ id: 'Q_b', question: 'What?', answer: 'Yes: it is.' }]);
  });

  test('tests in another file are asked for', async () => {
    await expect(importing({ 'promptfooconfig.yaml': 'tests: file://tests.csv\n' })).rejects.toThrow(
      'the tests are in another file: "file://tests.csv"',
    );
  });
});

describe('ragas', () => {
  test('rows with reference contexts; the system’s own answer is no reference', async () => {
    const { result, questions } = await importing({
      'set.jsonl':
        '{"user_input": "What?", "reference": "Yes.", "reference_contexts": ["One.", "Two."], "retrieved_contexts": ["Three."], "response": "No."}\n',
    });
    expect(result.format).toBe('ragas');
    expect(questions).toMatchObject([
      { question: 'What?', answer: 'Yes.', anchors: [{ text: 'One.' }, { text: 'Two.' }] },
    ]);
    expect(result.notes[0]).toBe('not taken over: "retrieved_contexts", "response"');
  });

  test('lists in the cells of a table, as Python prints them', async () => {
    const { questions, result } = await importing({
      'set.csv': `question,ground_truth,contexts\nWhat?,Yes.,"['It isn\\'t one.', ""Two, or 'three'.""]"\n`,
    });
    expect(questions).toMatchObject([
      { answer: 'Yes.', anchors: [{ text: "It isn't one." }, { text: "Two, or 'three'." }] },
    ]);
    expect(result.notes[0]).toContain('1 rows have contexts but no reference_contexts');
  });
});

describe('TREC', () => {
  const documents = '{"id": "d1", "title": "One", "text": "First."}\n{"id": "d2", "text": "Second."}\n';

  test('SGML topics and judgements: relevant documents become anchors, the best first', async () => {
    const { questions, result } = await importing(
      {
        topics:
          '<top>\n<num> Number: 401\n<title> what moves\n</top>\n<top><num>402</num><title>who waits</title></top>\n',
        qrels: '401 0 d1 1\n401 0 d2 2\n401 0 d3 0\n402 0 d9 1\n500 0 d1 1\n',
        'docs.jsonl': documents,
      },
      { from: 'trec', qrels: 'qrels', documents: 'docs.jsonl' },
    );
    expect(questions).toMatchObject([
      {
        id: '401',
        question: 'what moves',
        anchors: [
          { section_id: 'd2', text: 'Second.' },
          { section_id: 'd1', text: 'One\nFirst.' },
        ],
      },
      { id: '402', anchors: [] },
    ]);
    expect(result.notes).toEqual(
      expect.arrayContaining([
        '1 relevant documents are not among the documents',
        '1 questions have no relevant document, and so no anchor',
        '1 judged topics are not among the topics',
      ]),
    );
  });

  test('topics as JSON Lines, judgements of three columns with a header', async () => {
    const { questions } = await importing(
      {
        'topics.jsonl': '{"_id": "q1", "text": "what moves"}\n',
        'qrels.tsv': 'query-id\tcorpus-id\tscore\nq1\td2\t1\n',
        'docs.jsonl': documents,
      },
      { qrels: 'qrels.tsv', documents: 'docs.jsonl' },
    );
    expect(questions).toMatchObject([{ id: 'q1', question: 'what moves', anchors: [{ text: 'Second.' }] }]);
  });

  test('a broken line among the documents is an error', async () => {
    await expect(
      importing(
        { topics: 'q1\twhat\n', qrels: 'q1 0 d1 1\n', 'docs.jsonl': `${documents}{"id": \n` },
        { from: 'trec', qrels: 'qrels', documents: 'docs.jsonl' },
      ),
    ).rejects.toThrow('docs.jsonl:3');
  });
});

test('a file of no known shape asks for its format', async () => {
  await expect(importing({ 'notes.txt': 'hello' })).rejects.toMatchObject({
    message: 'cannot detect the format of "notes.txt"',
    exitCode: 2,
  });
});
