import { defineKind } from '../context.ts';
import { indexSchema } from './settings.ts';

/** Retrieval only, by exact cosine. */
export const indexKind = defineKind({
  kind: 'index',
  schema: indexSchema,
  open: async (settings, context) => {
    const { openIndex } = await import('./retrieval.ts');
    return openIndex(settings, context);
  },
});
