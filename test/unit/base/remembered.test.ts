import { expect, test } from 'vitest';
import { remembered } from '../../../src/base/remembered.ts';

function counted(most: number, longest: number): { of: (text: string) => string; computed: string[] } {
  const computed: string[] = [];
  const of = remembered((text) => (computed.push(text), text.toUpperCase()), { most, longest });
  return { of, computed };
}

test('what was computed is not computed again', () => {
  const { of, computed } = counted(3, 10);
  expect([of('a'), of('b'), of('a'), of('b')]).toEqual(['A', 'B', 'A', 'B']);
  expect(computed).toEqual(['a', 'b']);
});

test('what was used last is kept when there is no more room', () => {
  const { of, computed } = counted(2, 10);
  for (const text of ['a', 'b', 'a', 'c', 'a', 'b']) of(text);
  expect(computed).toEqual(['a', 'b', 'c', 'b']);
});

test('what is too long is not kept', () => {
  const { of, computed } = counted(2, 3);
  for (const text of ['long', 'long', 'abc', 'abc']) of(text);
  expect(computed).toEqual(['long', 'long', 'abc']);
});

test('an empty text and an empty value are remembered too', () => {
  const { of, computed } = counted(2, 3);
  expect([of(''), of('')]).toEqual(['', '']);
  expect(computed).toEqual(['']);
});
