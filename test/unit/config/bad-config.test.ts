import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { UserError } from '../../../src/base/errors.ts';
import { loadConfig } from '../../../src/config/load.ts';

const folder = fileURLToPath(new URL('../../fixtures/config-bad', import.meta.url));
const mistakes = readdirSync(folder).filter((name) => name.endsWith('.yaml'));

async function errorOf(name: string): Promise<UserError> {
  try {
    await loadConfig({ config: name }, { workingDirectory: folder, environment: {} });
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error(`${name} was accepted`);
}

test('there is a fixture for each kind of mistake', () => {
  expect(mistakes.length).toBeGreaterThanOrEqual(20);
});

test.each(mistakes)('%s is refused with file, line, what was found and what to do', async (name) => {
  const error = await errorOf(name);
  expect(error.exitCode).toBe(2);
  const expected = readFileSync(path.join(folder, name.replace('.yaml', '.expected.txt')), 'utf8');
  expect(`${error.message}\nhint: ${error.hint ?? 'none'}\n`).toBe(expected);
});
