import path from 'node:path';
import { exitCodes, type ExitCode } from '../../base/errors.ts';
import { trustOf } from '../../base/integrity/trust.ts';
import { sanitizeForTerminal } from '../../base/printable.ts';
import type { World } from '../../base/world.ts';
import { loadConfig } from '../../config/load.ts';
import { unusedBy } from '../../config/unused.ts';
import { signingOf } from '../../app/signing/signing.ts';
import { verifyStore, type CheckedDocument, type CheckState } from '../../app/signing/verify-store.ts';
import type { VerifyFlags } from './flags.ts';

type Outcome = 'pass' | 'fail' | 'inconclusive' | 'error';

/** Checks a store's hashes and signatures and prints what does not hold. */
export async function verify(named: string | undefined, flags: VerifyFlags, world: World): Promise<ExitCode> {
  const config = await loadConfig(flags, world, { unused: unusedBy.listing });
  const store = named === undefined ? config.store : path.resolve(world.workingDirectory, named);
  const { verifiers } = signingOf(config, world);
  const trust = trustOf({ verifiers, isRequired: true, store: config.signing?.store });
  const checked = await verifyStore({ store, trust, verifiers, now: world.clock.now() });
  const outcome = outcomeOf(checked);
  const reason = reasonOf(outcome, checked, verifiers.length > 0);
  if (flags.json === true) world.stdout.write(`${JSON.stringify({ verdict: outcome, reason, checked })}\n`);
  else world.stdout.write(`${linesOf(checked).join('\n')}${outcome}: ${reason}\n`);
  return exitCodes[outcome];
}

/** Nothing there proves nothing. */
function outcomeOf(checked: readonly CheckedDocument[]): Outcome {
  const has = (state: CheckState): boolean => checked.some((one) => one.state === state);
  if (has('unreadable')) return 'error';
  if (has('wrong')) return 'fail';
  return checked.length === 0 || has('unsigned') ? 'inconclusive' : 'pass';
}

function reasonOf(outcome: Outcome, checked: readonly CheckedDocument[], hasKeys: boolean): string {
  const count = (state: CheckState): number => checked.filter((one) => one.state === state).length;
  switch (outcome) {
    case 'error':
      return `${count('unreadable')} of ${checked.length} documents cannot be read`;
    case 'fail':
      return `${count('wrong')} of ${checked.length} documents are not what was written`;
    case 'inconclusive':
      if (checked.length === 0) return 'there is nothing to check';
      return hasKeys
        ? `${count('unsigned')} of ${checked.length} documents are not signed by a trusted key`
        : 'the hashes hold, and no key is trusted (signing.trusted): whoever can write the store can write them';
    case 'pass':
      return `all ${checked.length} documents are what a trusted key has signed`;
  }
}

function linesOf(checked: readonly CheckedDocument[]): readonly string[] {
  const lines = checked.flatMap(({ file, state, problem }) =>
    state === 'wrong' || state === 'unreadable'
      ? [`${sanitizeForTerminal(`${file} ${problem ?? ''}`)}\n`]
      : [],
  );
  return lines.length === 0 ? [] : [lines.join('')];
}
