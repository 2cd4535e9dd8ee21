import { defineKind } from '../context.ts';
import { httpSchema } from './settings.ts';

/** Any JSON-over-HTTP service. */
export const httpKind = defineKind({
  kind: 'http',
  schema: httpSchema,
  open: async (settings, context) => {
    const { openHttp } = await import('./arm.ts');
    return openHttp(settings, context);
  },
});
