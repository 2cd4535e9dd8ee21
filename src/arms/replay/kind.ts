import { defineKind } from '../context.ts';
import { replaySchema } from './settings.ts';

/** Recorded answers. */
export const replayKind = defineKind({
  kind: 'replay',
  schema: replaySchema,
  open: async (settings, context) => {
    const { openReplay } = await import('./arm.ts');
    return openReplay(settings, context);
  },
});
