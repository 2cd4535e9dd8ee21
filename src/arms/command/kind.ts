import { defineKind } from '../context.ts';
import { commandSchema } from './settings.ts';

/** A program that speaks JSON lines. */
export const commandKind = defineKind({
  kind: 'command',
  schema: commandSchema,
  open: async (settings, context) => {
    const { openCommand } = await import('./arm.ts');
    return openCommand(settings, context);
  },
});
