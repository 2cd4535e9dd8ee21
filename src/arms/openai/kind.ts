import { defineKind } from '../context.ts';
import { openaiSchema } from './settings.ts';

/** Any OpenAI-compatible chat endpoint. */
export const openaiKind = defineKind({
  kind: 'openai',
  schema: openaiSchema,
  open: async (settings, context) => {
    const { openOpenai } = await import('./arm.ts');
    return openOpenai(settings, context);
  },
});
