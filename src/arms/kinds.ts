import { UserError } from '../base/errors.ts';
import type { Arm } from './arm.ts';
import { commandKind } from './command/kind.ts';
import type { ArmContext, ArmKind } from './context.ts';
import { httpKind } from './http/kind.ts';
import { indexKind } from './index/kind.ts';
import { moduleKind } from './module/kind.ts';
import { openaiKind } from './openai/kind.ts';
import type { ArmSettings } from './options.ts';
import { replayKind } from './replay/kind.ts';

/** Every kind of arm; a new one is one file and one line here. */
export const armKinds: readonly ArmKind[] = [
  commandKind,
  httpKind,
  indexKind,
  moduleKind,
  openaiKind,
  replayKind,
];

/**
 * Opens an arm of any kind, with its `versionsUrl` in effect. Throws a `UserError` for what the user can fix: an unknown kind or template
 * variable, a file that is not there, an expression that does not parse.
 */
export async function openArm(settings: ArmSettings, context: ArmContext): Promise<Arm> {
  const kind = armKinds.find((candidate) => candidate.kind === settings.kind);
  if (kind === undefined) {
    throw new UserError(`arm kind "${settings.kind}" is not known`, {
      hint: `known kinds: ${armKinds.map((known) => known.kind).join(', ')}`,
    });
  }
  const arm = await kind.open(settings, context);
  if (settings.versionsUrl === undefined) return arm;
  const { withVersionsUrl } = await import('./versions-url.ts');
  return withVersionsUrl(arm, settings, context);
}
