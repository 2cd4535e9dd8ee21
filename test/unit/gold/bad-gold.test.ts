import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { UserError } from '../../../src/base/errors.ts';
import { loadGold } from '../../../src/gold/load.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const folder = 'test/fixtures/gold-bad';
const mistakes = readdirSync(path.join(root, folder)).filter(
  (name) => name !== 'docs' && !name.endsWith('.expected.txt'),
);

/** What a person sees: the message, then the hint. */
async function complaint(name: string): Promise<string> {
  const error: unknown = await loadGold(`${folder}/${name}`, { workingDirectory: root }).catch(
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof UserError))
    throw new Error(`"${name}" loaded, or something else than a UserError was thrown`, { cause: error });
  expect(error.exitCode).toBe(2);
  return `${error.message}\n${error.hint === undefined ? '' : `hint: ${error.hint}\n`}`;
}

describe('a gold set with a mistake is refused with file, line, id, what was found and what to do', () => {
  test.each(mistakes)('%s', async (name) => {
    const expected = path.join(root, folder, `${name}.expected.txt`);
    expect(existsSync(expected), `${name}.expected.txt says what is expected`).toBe(true);
    expect(await complaint(name)).toBe(readFileSync(expected, 'utf8'));
  });
});
