import { html, type Markup } from './markup.ts';

interface Definition {
  readonly term: string;
  /** What a reader asks who does not know the term. */
  readonly question: string;
  readonly text: string;
}

/** How each number is defined, by the end of its address. */
export const definitions = {
  'semantic-distance': {
    term: 'ΔS (semantic distance)',
    question: 'What is ΔS?',
    text: '1 − cosine similarity of the sentence embeddings of two texts, from 0 (the same meaning) to about 1 (nothing in common). Stable below 0.40, transitional to 0.60, critical from there. ΔS(question, retrieved) takes the phrasing as it was asked and the retrieved text nearest to it (view “best”) or all of it (view “pooled”). A call that retrieved nothing has none.',
  },
  coverage: {
    term: 'coverage',
    question: 'What is coverage?',
    text: 'The share of the anchor’s words that was retrieved. The anchor is the section that must be retrieved to answer the question. A call at 0.70 or more counts as covered; below 0.60 is critical. A call that retrieved nothing has 0; a fault has none.',
  },
  retrieval: {
    term: 'retrieval quality',
    question: 'What is retrieval quality?',
    text: 'How well the anchor’s sections are ranked among what was retrieved, from 0 to 1. recall@5: the share of them among the first five. precision@5: how many of the first five are such. MRR: one over the rank of the first. nDCG@10: the first ten, where a later rank counts less.',
  },
  lambda: {
    term: 'λ state, convergence rate and flip rate',
    question: 'What is λ?',
    text: 'How a call stands among all calls of its question. → convergent: the anchor was found and the answer agrees with the others. <> split: only one of both. × collapsed: neither, or an answer where there is none to give. ← backward: a fault, a tool loop, a refusal, or nothing retrieved. To refuse a question that has no answer is convergent. Convergence rate: the share of questions all of whose calls are →. Flip rate: the share of the pairs of a question’s calls that are in different states.',
  },
  latency: {
    term: 'latency',
    question: 'What is latency?',
    text: 'Seconds from the first byte sent to the last byte received, without the time a call waited for its turn in flipgate. Stages (retrieve, rerank, reason) are what the arm reports. p50 and p95: half and 95 % of the calls took at most so long. Faults have no latency.',
  },
  fault: {
    term: 'fault and error rate',
    question: 'What is a fault?',
    text: 'A call without a usable answer: network, timeout, status (an HTTP status outside 2xx) or shape (an answer that cannot be read). The error rate is faults over all calls.',
  },
  'tool-loop': {
    term: 'tool loop',
    question: 'What is a tool loop?',
    text: 'An answer in which an agent calls the same tool with the same arguments three times, goes round the same two to four tools three times, or makes more than 25 calls; the limits can be configured.',
  },
  interval: {
    term: '95 % interval',
    question: 'What is a 95 % interval?',
    text: 'Where the value would lie in 95 % of runs with other questions of this kind: 2,000 times as many questions are drawn from those asked, with repetition, the same for both arms.',
  },
  resolution: {
    term: 'n and resolution',
    question: 'What is resolution?',
    text: 'n is how many questions were judged. The resolution is how far from the limit the truth has to be for a run of this size to notice it 4 times out of 5.',
  },
  verdict: {
    term: 'verdict',
    question: 'What is a verdict?',
    text: 'pass: every rule is met. fail: a value is beyond its limit and its interval too. inconclusive: more evidence is needed. error: nothing could be judged. Nothing but evidence passes, and a verdict expires.',
  },
  artifact: {
    term: 'artifact',
    question: 'What is an artifact?',
    text: 'A hash of the five version fields that an arm reports: INDEX_HASH, EMBED_SCHEMA, RERANK_CONF, PROMPT_VER and MODEL_VER. A verdict is about one artifact and no other.',
  },
} as const satisfies Readonly<Record<string, Definition>>;

/** What has a definition. */
export type Defined = keyof typeof definitions;

/** Leads to how a number is defined. */
export function definitionLink(name: Defined): Markup {
  return html`<a class="definition" href="#definition-${name}">${definitions[name].question}</a> `;
}
