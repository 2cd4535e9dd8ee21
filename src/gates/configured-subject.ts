import type { PlannedCells, Subject } from '../scoring/subject.ts';

/** Hashes of what is configured beside the parts of a run's subject: a verdict keeps them, so that an edit of the configuration voids it. */
export interface ConfiguredChoices {
  /** The baseline's name. */
  readonly baseline: string;
  readonly pins: string;
  readonly plan: string;
}

/** What a configuration file says that verdicts are about. */
export interface ConfiguredSubject {
  /** Identity of the gold set; absent where it is not known. */
  readonly gold?: string | undefined;
  /** The parts of a run's subject that the configuration decides, for one arm. */
  readonly subjectOf: (arm: string) => Subject;
  readonly isConfigured: (arm: string) => boolean;
  readonly choices: ConfiguredChoices;
  /** The cells that a run has to have, where the file says so itself. */
  readonly wantedPlan?: PlannedCells | undefined;
}

/** What the choices are called in a sentence. */
export const choiceNames: Readonly<Record<keyof ConfiguredChoices, string>> = {
  baseline: "baseline's name",
  pins: 'pins',
  plan: 'plan (paraphrases, seeds, questions)',
};
