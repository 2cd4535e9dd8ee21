import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { UserError, codeOf, exitCodes, messageOf, type ExitCode } from '../../base/errors.ts';
import { newKeyPair } from '../../base/integrity/keys.ts';
import type { World } from '../../base/world.ts';
import type { KeysFlags } from './flags.ts';

/** Makes a key and prints what readers are to trust. Throws a `UserError` (exit 2) where the file is there already. */
export function newKey({ out, hmac }: KeysFlags, world: World): ExitCode {
  const file = path.resolve(world.workingDirectory, out);
  if (hmac === true) {
    write(file, out, `${randomBytes(32).toString('hex')}\n`);
    world.stderr.write(`wrote ${out}: name it as signing.hmac wherever the store is written or read\n`);
    return exitCodes.pass;
  }
  const { privatePem, publicKey } = newKeyPair();
  write(file, out, privatePem);
  world.stdout.write(`${publicKey}\n`);
  world.stderr.write(
    `wrote ${out}: name it as signing.key where runs are made and judged, and the line above in signing.trusted where they are read\n`,
  );
  return exitCodes.pass;
}

function write(file: string, shown: string, content: string): void {
  try {
    writeFileSync(file, content, { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if (codeOf(error) === 'EEXIST')
      throw new UserError(`"${shown}" is there already`, {
        hint: 'a key that is overwritten is lost: name another file',
      });
    throw new UserError(`"${shown}" cannot be written: ${messageOf(error)}`, { exitCode: exitCodes.error });
  }
}
