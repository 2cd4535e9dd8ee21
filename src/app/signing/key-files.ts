import { readFileSync, statSync } from 'node:fs';
import type { KeyObject } from 'node:crypto';
import { UserError, codeOf, messageOf } from '../../base/errors.ts';
import { isPrivatePem, privateKeyOf } from '../../base/integrity/keys.ts';

const shortestSecret = 32;

/** The private key that a setting is, or names the file of. Throws a `UserError` (exit 2) for what is none. */
export function privateKey(setting: string): KeyObject {
  const isInline = isPrivatePem(setting);
  const found = privateKeyOf(isInline ? setting : readSecret(setting, 'signing.key'));
  if (found !== undefined) return found;
  throw new UserError(`signing.key ${isInline ? '' : `"${setting}" `}is no Ed25519 private key`, {
    hint: 'flipgate keys new --out FILE makes one',
  });
}

/** The same, `undefined` where its file is not there or may not be read: whoever only reads a store has no need of it. */
export function readableKey(setting: string): KeyObject | undefined {
  if (!isPrivatePem(setting) && !isReadable(setting)) return undefined;
  return privateKey(setting);
}

/** The bytes of a secret for HMAC. Throws a `UserError` (exit 2). */
export function hmacSecret(file: string): Buffer {
  const secret = Buffer.from(readSecret(file, 'signing.hmac').trim());
  if (secret.length >= shortestSecret) return secret;
  throw new UserError(
    `signing.hmac "${file}" is too short: ${secret.length} bytes, ${shortestSecret} are needed`,
    {
      hint: 'flipgate keys new --hmac --out FILE makes one',
    },
  );
}

function isReadable(file: string): boolean {
  try {
    readFileSync(file);
    return true;
  } catch (error) {
    if (['ENOENT', 'EACCES'].includes(codeOf(error) ?? '')) return false;
    throw error;
  }
}

function readSecret(file: string, setting: string): string {
  try {
    if ((statSync(file).mode & 0o007) !== 0)
      throw new UserError(`${setting} "${file}" can be used by anybody on this machine`, {
        hint: `chmod 600 ${file}`,
      });
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${setting} "${file}" cannot be read: ${messageOf(error)}`, {
      hint: 'flipgate keys new --out FILE makes a key',
    });
  }
}
