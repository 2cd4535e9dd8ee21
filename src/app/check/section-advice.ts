import type { Answer } from '../../scoring/answer.ts';
import { exampleSections, sectionMatcher } from '../../scoring/retrieval/sections.ts';
import type { GoldSet } from '../../plan/gold-set.ts';

/** What to do where no section that the arm names is one of the gold set's: recall would be 0 whatever is retrieved. */
export function sectionAdvice(
  { response: { retrieved = [] } }: Answer & { outcome: 'ok' },
  gold: GoldSet,
): readonly string[] {
  const anchors = gold.questions.flatMap((question) => question.anchors);
  const [own, wanted] = [exampleSections(retrieved), exampleSections(anchors)];
  if (own === '' || wanted === '' || retrieved.some(sectionMatcher(anchors))) return [];
  return [
    `no section of this answer is one of the gold set's: the arm names ${own}, the gold set ${wanted}; if that stays so in a run, recall is not measured: map section_id (and source_url) to what the gold set has`,
  ];
}
