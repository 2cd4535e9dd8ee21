import * as z from 'zod';
import { lambdaStates, type ScoreLine } from '../../scoring/record.ts';
import { schemaOf, type DocumentKind } from './document.ts';
import { finding } from './parts.ts';

const views = z.object({ best: z.number(), pooled: z.number() });

const scoreSchema = schemaOf<ScoreLine>()(
  z.object({
    question: z.string().describe('id of the question'),
    phrasing: z.int().min(0),
    seed: z.int(),
    key: z.string().describe('of the call'),
    question_retrieved: views.exactOptional().describe('ΔS from the question to what was retrieved'),
    retrieved_anchor: views.exactOptional().describe('ΔS from what was retrieved to the anchors'),
    answer_anchor: z.number().exactOptional().describe('ΔS from the answer to the anchors'),
    coverage: z.number().exactOptional().describe('share of the anchors that was retrieved'),
    coverage_mode: z
      .enum(['exact', 'aligned', 'mixed'])
      .exactOptional()
      .describe('measured by offsets, by texts, or both'),
    anchored: z.boolean().exactOptional().describe('whether it retrieved enough of its anchors'),
    agreeing: z.boolean().exactOptional().describe('whether it says what the question’s other calls say'),
    state: z.enum(lambdaStates).exactOptional(),
    flip: z
      .number()
      .exactOptional()
      .describe('share of the question’s other calls that are in another state'),
    findings: z.array(finding).exactOptional(),
  }),
);

export const scoreKind: DocumentKind<ScoreLine> = {
  name: 'score',
  file: 'lines of `<run>/scores.jsonl`',
  about: 'What a call came to; what does not apply or was not measured is absent.',
  schema: scoreSchema,
};
