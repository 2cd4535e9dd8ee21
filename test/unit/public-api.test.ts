import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const source = fileURLToPath(new URL('../../src', import.meta.url));
const read = (file: string): string => readFileSync(path.join(source, file), 'utf8');

interface Export {
  readonly name: string;
  readonly file: string;
}

const exported: readonly Export[] = [
  ...read('index.ts').matchAll(/^export (?:type )?\{([^}]+)\} from '\.\/([^']+)'/gmu),
].flatMap(([, names, file]) =>
  names!
    .split(',')
    .map((name) => name.replace('type', '').trim())
    .filter((name) => name !== '')
    .map((name) => ({ name, file: file! })),
);
const names = new Set(exported.map(({ name }) => name));

/** The types that a function's parameters and result name, without those of the language. */
function typesOf({ name, file }: Export): readonly string[] {
  const [, signature] =
    new RegExp(`^export (?:async )?function ${name}(\\([\\s\\S]*?\\)?: [^{]*?)\\s\\{\\n`, 'mu').exec(
      read(file),
    ) ?? [];
  return [...(signature ?? '').matchAll(/\b[A-Z]\w+/gu)]
    .map(([type]) => type)
    .filter((type) => !['Promise', 'ReadonlyMap', 'Readonly', 'Record', 'Partial', 'Pick'].includes(type));
}

test('every type in the signature of a function that is exported is exported too', () => {
  const functions = exported.filter(({ name, file }) => read(file).includes(`function ${name}(`));
  expect(functions.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['main', 'loadConfig', 'loadGold', 'judge', 'compareRuns', 'revalidate']),
  );
  expect(functions.flatMap(typesOf)).toEqual(expect.arrayContaining(['World', 'Overrides', 'JudgeContext']));
  expect(functions.flatMap(typesOf).filter((type) => !names.has(type))).toEqual([]);
});

test('nothing is exported twice', () => {
  expect(exported.length).toBe(names.size);
});
