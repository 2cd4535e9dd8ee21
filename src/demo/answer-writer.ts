import { canonicalJson, sha256 } from '../base/canonical.ts';
import type { MarkdownChunk } from '../text/markdown/chunk.ts';
import { chance } from './chance.ts';
import { leadSentences } from './sentences.ts';

/** The template of the extractive reasoner; the seed picks among the openings, as a sampler picks among wordings. */
export interface DemoPrompt {
  readonly version: string;
  readonly openings: readonly string[];
  /** Stands before what a second section adds. */
  readonly bridge: string;
}

export const bluePrompt: DemoPrompt = {
  version: '41',
  openings: ['The handbook says:', 'According to the handbook:'],
  bridge: 'It adds:',
};

export const greenPrompt: DemoPrompt = {
  version: '42',
  openings: ['In short:', 'The short answer:'],
  bridge: 'Related to that:',
};

/** A prompt's `PROMPT_VER`: its number and a hash of its words. */
export function promptVersion(prompt: DemoPrompt): string {
  return `${prompt.version}-${sha256(canonicalJson(prompt)).slice(0, 8)}`;
}

/** Sentences that are taken from the best section, and from a second one. */
export const sentencesPerSection = [2, 1] as const;

/**
 * The first sentences of one or two sections, best first. Sections and seed alone decide the words, so that paraphrases which find the same
 * sections get the same answer.
 */
export function writeAnswer(
  sections: readonly (readonly MarkdownChunk[])[],
  prompt: DemoPrompt,
  seed: number,
): string {
  const extracts = sections.map((chunks, rank) =>
    leadSentences(
      chunks.map(({ text }) => text),
      sentencesPerSection[rank] ?? 0,
    ),
  );
  const luck = chance('opening', seed, ...extracts);
  const opening = prompt.openings[Math.floor(luck * prompt.openings.length)] ?? '';
  return `${opening} ${extracts.join(` ${prompt.bridge} `)}`.trim();
}
