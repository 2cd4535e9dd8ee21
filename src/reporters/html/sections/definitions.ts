import { html, type Markup } from '../markup.ts';

interface Definition {
  readonly name: string;
  readonly term: string;
  readonly text: string;
}

const definitions: readonly Definition[] = [
  {
    name: 'semantic-distance',
    term: 'ΔS (semantic distance)',
    text: '1 − cosine similarity of the sentence embeddings of two texts, from 0 (the same meaning) to about 1 (nothing in common). Stable below 0.40, transitional to 0.60, critical from there. ΔS(question, retrieved) takes the phrasing as it was asked and the retrieved text nearest to it (view “best”) or all of it (view “pooled”). A call that retrieved nothing has none.',
  },
  {
    name: 'coverage',
    term: 'coverage',
    text: 'The share of the anchor’s words that was retrieved. The anchor is the section that must be retrieved to answer the question. A call at 0.70 or more counts as covered; below 0.60 is critical. A call that retrieved nothing has 0; a fault has none.',
  },
  {
    name: 'lambda',
    term: 'λ state, convergence rate and flip rate',
    text: 'How a call stands among all calls of its question. → convergent: the anchor was found and the answer agrees with the others. <> split: only one of both. × collapsed: neither. ← backward: a fault, a tool loop, a refusal, or nothing retrieved. Convergence rate: the share of questions all of whose calls are →. Flip rate: the share of the pairs of a question’s calls that are in different states.',
  },
  {
    name: 'latency',
    term: 'latency',
    text: 'Seconds from the first byte sent to the last byte received, without the time a call waited for its turn in flipgate. Stages (retrieve, rerank, reason) are what the arm reports. p50 and p95: half and 95 % of the calls took at most so long. Faults have no latency.',
  },
  {
    name: 'fault',
    term: 'fault and error rate',
    text: 'A call without a usable answer: network, timeout, status (an HTTP status outside 2xx) or shape (an answer that cannot be read). The error rate is faults over all calls.',
  },
  {
    name: 'interval',
    term: '95 % interval',
    text: 'Where the value would lie in 95 % of runs with other questions of this kind: 2,000 times as many questions are drawn from those asked, with repetition, the same for both arms.',
  },
  {
    name: 'resolution',
    term: 'n and resolution',
    text: 'n is how many questions were judged. The resolution is how far from the limit the truth has to be for a run of this size to notice it 4 times out of 5.',
  },
  {
    name: 'verdict',
    term: 'verdict',
    text: 'pass: every rule is met. fail: a value is beyond its limit and its interval too. inconclusive: more evidence is needed. error: nothing could be judged. Nothing but evidence passes, and a verdict expires.',
  },
  {
    name: 'artifact',
    term: 'artifact',
    text: 'A hash of the five version fields that an arm reports: INDEX_HASH, EMBED_SCHEMA, RERANK_CONF, PROMPT_VER and MODEL_VER. A verdict is about one artifact and no other.',
  },
];

/** How each number is defined. */
export function definitionsSection(): Markup {
  return html`<section id="definitions" aria-labelledby="definitions-title">
    <h2 id="definitions-title">How the numbers are defined</h2>
    <dl class="definitions">
      ${definitions.map(
        ({ name, term, text }) =>
          html`<dt id="definition-${name}" tabindex="-1">${term}</dt>
            <dd>${text}</dd>`,
      )}
    </dl>
  </section>`;
}
