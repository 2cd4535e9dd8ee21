import { expect, test } from 'vitest';
import { ErrorTail } from '../../../src/arms/command/error-tail.ts';
import { createRedactor } from '../../../src/base/redact.ts';

const secret = 'token-0123456789-abcdefghijklmnopqrstuvwxyz';
const redact = createRedactor([secret]);

/** What is shown of a text that came in pieces of some length. */
function shown(text: string, pieces = 1000): string {
  const tail = new ErrorTail();
  for (let at = 0; at < text.length; at += pieces) tail.push(text.slice(at, at + pieces));
  return tail.words(redact);
}

test('the last lines are shown on one', () => {
  expect(shown('one\ntwo\n\nthree\n four \n')).toBe('two | three | four');
  expect(shown('')).toBe('');
});

test('no piece of a secret is left, wherever what is kept or shown begins', () => {
  for (let before = 1900; before < 2100; before += 1)
    expect(shown(`${secret} ${'x'.repeat(before)}`)).not.toMatch(/token|0123|6789|abcd|wxyz/u);
  for (const filled of [65_400, 65_500, 65_536, 65_600, 130_000])
    for (const pieces of [7, 1000, 300_000])
      expect(shown(`${'y'.repeat(100)}${secret}${'x'.repeat(filled)}`, pieces)).not.toMatch(/0123|wxyz/u);
});

test('a line that is too long is left out, and the next one is shown', () => {
  expect(shown(`${'x'.repeat(200_000)}${secret}\nlast`)).toBe('last');
});

test('a secret of several lines is taken out before lines are', () => {
  const key = ['-----BEGIN KEY-----', 'MIIEvQIBADANBgkqhkiG9w0BAQ', '-----END KEY-----'].join('\n');
  const tail = new ErrorTail();
  tail.push(`failed with\n${key}\n`);
  expect(tail.words(createRedactor([key]))).toBe('failed with | [redacted]');
});
