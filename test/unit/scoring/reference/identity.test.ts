import { expect, test } from 'vitest';
import { canonicalJson, sha256 } from '../../../../src/base/canonical.ts';
import type { Versions } from '../../../../src/scoring/answer.ts';
import { callKey, idempotencyKey } from '../../../../src/plan/call-key.ts';
import { artifactOf } from '../../../../src/scoring/artifact.ts';
import { referenceCases } from './fixtures.ts';

type Input =
  | { readonly kind: 'canonical'; readonly value: unknown }
  | { readonly kind: 'artifact'; readonly versions: Versions }
  | CallInput
  | { readonly kind: 'gold'; readonly questions: unknown };

interface CallInput {
  readonly kind: 'call';
  readonly question: string;
  readonly phrasing_text: string;
  readonly seed: number;
  readonly arm: string;
  readonly run_id: string;
}

interface Expected {
  readonly canonical: string;
  readonly sha256: string;
}

const cases = referenceCases<Input, Expected & Record<string, unknown>>('identity');

test.each(cases)('identity: $name', ({ input, expected }) => {
  expect(identityOf(input, expected)).toEqual(expected);
});

function identityOf(input: Input, expected: Expected): unknown {
  switch (input.kind) {
    case 'canonical':
      return hashed(input.value);
    case 'gold':
      // How a question gets its defaults is the loader's; here only the canonical form of the result.
      return hashed(JSON.parse(expected.canonical));
    case 'artifact': {
      const { sha256: hash, complete } = artifactOf(input.versions);
      return { canonical: expected.canonical, sha256: hash, complete };
    }
    case 'call': {
      const { question: questionId, phrasing_text: phrasingText, seed, arm } = input;
      const key = callKey({ questionId, phrasingText, seed, arm });
      return {
        canonical: canonicalJson([questionId, phrasingText, seed, arm]),
        key,
        idempotency_key: idempotencyKey(input.run_id, key),
      };
    }
  }
}

function hashed(value: unknown): unknown {
  const canonical = canonicalJson(value);
  return { canonical, sha256: sha256(canonical) };
}
