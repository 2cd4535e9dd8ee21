import { sha256 } from '../../../src/base/canonical.ts';
import type { Question } from '../../../src/plan/gold-set.ts';
import type { CallLine } from '../../../src/scoring/record.ts';

/** A call as an engine would write it: answered, one snippet of section s1. */
export function callLine(overrides: Partial<CallLine> = {}): CallLine {
  const { question = 'Q_1', phrasing = 0, seed = 1 } = overrides;
  return {
    question,
    phrasing,
    seed,
    key: `${question} ${phrasing} ${seed}`,
    outcome: 'ok',
    status: 200,
    at: '2026-11-22T21:30:00.000Z',
    artifact_sha256: 'a',
    trace_id: 't',
    retried: false,
    ...overrides,
  };
}

export function faultLine(overrides: Partial<CallLine> = {}): CallLine {
  const { status: _, ...line } = callLine({ outcome: 'timeout', ...overrides });
  return overrides.status === undefined ? line : { ...line, status: overrides.status };
}

export function goldQuestion(overrides: Partial<Question> = {}): Question {
  return {
    id: 'Q_1',
    question: 'What is flipped?',
    paraphrases: [],
    anchors: [],
    answerable: true,
    tags: [],
    ...overrides,
  };
}

/** Texts by SHA-256, as `snippets.jsonl` has them. */
export function textStore(texts: readonly string[]): (sha: string) => string {
  const bySha = new Map(texts.map((text) => [sha256(text), text]));
  return (sha) => {
    const text = bySha.get(sha);
    if (text === undefined) throw new Error(`no text has the SHA-256 ${sha}`);
    return text;
  };
}
