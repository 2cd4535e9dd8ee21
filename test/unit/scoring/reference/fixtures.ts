import { readFileSync } from 'node:fs';
import { expect } from 'vitest';

export interface ReferenceCase<Input, Expected> {
  readonly name: string;
  readonly input: Input;
  readonly expected: Expected;
}

/** The cases of one fixture of the independent implementation in `test/reference`. */
export function referenceCases<Input, Expected>(name: string): readonly ReferenceCase<Input, Expected>[] {
  // The fixtures are generated, and each test names the shape that it reads.
  return (referenceFile(`${name}.json`) as { readonly cases: readonly ReferenceCase<Input, Expected>[] })
    .cases;
}

export function referenceText(path: string): string {
  return readFileSync(new URL(`../../../fixtures/reference/${path}`, import.meta.url), 'utf8');
}

export function referenceFile(path: string): unknown {
  return JSON.parse(referenceText(path));
}

/** Equal, but that numbers may differ by 1e-9; members that are `undefined` count as absent. */
export function expectClose(actual: unknown, expected: unknown, path = 'value'): void {
  if (typeof actual === 'number' && typeof expected === 'number') {
    expect(Math.abs(actual - expected), `${path}: ${actual} is not ${expected}`).toBeLessThanOrEqual(1e-9);
    return;
  }
  if (typeof actual !== 'object' || typeof expected !== 'object' || actual === null || expected === null) {
    expect(actual, path).toEqual(expected);
    return;
  }
  const left = new Map(Object.entries(actual).filter(([, member]) => member !== undefined));
  const right = new Map(Object.entries(expected));
  expect([...left.keys()].sort(), `keys of ${path}`).toEqual([...right.keys()].sort());
  for (const [key, member] of right) expectClose(left.get(key), member, `${path}.${key}`);
}
