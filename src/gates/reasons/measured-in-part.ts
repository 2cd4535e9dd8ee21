import type { JudgeContext } from '../context.ts';

/** Findings that say that a call was measured on something else than what it answered. */
const told: Readonly<Record<string, string>> = {
  text_shortened: 'have texts of which only the beginning is embedded',
  repeated_answer: 'have an answer that the arm gives to other questions too',
  redacted: 'were measured on texts in which secrets are redacted',
};

/** Says for both runs how many calls were not measured on all that they answered. */
export function measuredInPart({ candidate, baseline }: JudgeContext): string {
  const notes = [candidate, baseline].flatMap((evidence) =>
    (evidence?.record.findings ?? []).flatMap(({ code, count }) =>
      Object.hasOwn(told, code)
        ? [`${count} calls of ${evidence?.record.arm ?? ''} ${told[code] ?? ''} (${code})`]
        : [],
    ),
  );
  return notes.length === 0 ? '' : `; warning: ${notes.join(', ')}`;
}
