import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { formsOf, recordsPage } from '../../../../scripts/records-page.ts';
import { documentKinds } from '../../../../src/store/documents/kinds.ts';

test('docs/records.md is what the schemas say', () => {
  const file = fileURLToPath(new URL('../../../../docs/records.md', import.meta.url));
  expect(readFileSync(file, 'utf8')).toBe(recordsPage()); // npm run records
});

test('keys that share a schema have each their own meaning', () => {
  const verdict = documentKinds.find(({ name }) => name === 'verdict')!;
  const meanings = new Map(formsOf(verdict)[0]!.keys.map(({ path, meaning }) => [path, meaning]));
  expect(meanings.get('rules[].unit')).toBe('of value and limit');
  expect(meanings.get('runs.baseline')).toBe('of the baseline');
});

describe.each(documentKinds)('the schema of $name', (kind) => {
  const keys = formsOf(kind).flatMap((form) => form.keys);

  test('says what every key means', () => {
    expect(keys.length).toBeGreaterThan(1);
    expect(keys.filter(({ meaning }) => meaning === '').map(({ path }) => path)).toEqual([]);
  });

  test('has snake_case keys, but for names that come from elsewhere', () => {
    const names = keys.flatMap(({ path }) => path.split('.')).map((name) => name.replace('[]', ''));
    expect(names.filter((name) => !/^(?:\*|[a-z][a-z0-9_]*|[A-Z_]+)$/u.test(name))).toEqual([]);
  });
});
