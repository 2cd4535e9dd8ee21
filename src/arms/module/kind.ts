import { defineKind } from '../context.ts';
import { moduleSchema } from './settings.ts';

/** A module that answers in this process. */
export const moduleKind = defineKind({
  kind: 'module',
  schema: moduleSchema,
  open: async (settings, context) => {
    const { openModule } = await import('./arm.ts');
    return openModule(settings, context);
  },
});
