import path from 'node:path';
import { canonicalJson } from '../base/canonical.ts';
import type { Question } from '../plan/gold-set.ts';
import { readPlan } from './documents/plan.ts';
import { readStoredGold } from './documents/gold.ts';
import type { RunFolder } from './run-folder.ts';

/** The questions that two runs both asked, but not in the same words or with the same anchors; none where that cannot be told. */
export async function changedQuestions(one: RunFolder, other: RunFolder): Promise<readonly string[]> {
  const [before, after] = await Promise.all([questionsOf(one), questionsOf(other)]);
  return [...before].flatMap(([id, text]) => (after.has(id) && after.get(id) !== text ? [id] : []));
}

/** A run's questions in canonical form, by id. */
async function questionsOf(folder: RunFolder): Promise<ReadonlyMap<string, string>> {
  const questions = await storedQuestions(folder).catch(() => []);
  return new Map(questions.map((question) => [question.id, canonicalJson(question)]));
}

/** The questions as a run asked them; none where the run says nothing of them. */
export async function storedQuestions(folder: RunFolder): Promise<readonly Question[]> {
  const plan = await readPlan(folder);
  if (plan === undefined) return [];
  return (await readStoredGold(path.dirname(folder.path), plan.gold.stored_as)).questions;
}
