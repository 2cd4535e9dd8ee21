import { expect, test } from 'vitest';
import { sealed } from '../../../../src/base/integrity/sealed.ts';
import { revalidate } from '../../../../src/gates/validity/revalidate.ts';
import type { Verdict } from '../../../../src/gates/verdict.ts';

const at = (time: string): number => Date.parse(`2026-11-22T${time}Z`);
const pass: Verdict = sealed({
  schema: 'flipgate.verdict/1',
  gate: 'acceptance',
  verdict: 'pass',
  arm: 'green',
  evaluated_at: '2026-11-22T12:01:00Z',
  evidence_at: '2026-11-22T12:00:00Z',
  expires_at: '2026-11-22T12:15:00Z',
  runs: {},
  reason: 'all rules pass',
  rules: [{ rule: 'coverage', verdict: 'pass', reason: 'well' }],
} as const);

test('a verdict is read as it is until it expires', () => {
  expect(revalidate(pass, { now: at('12:01:00') })).toBe(pass);
  expect(revalidate(pass, { now: at('12:15:00') })).toBe(pass);
  expect(revalidate(pass, { now: at('12:15:01') })).toMatchObject({
    verdict: 'error',
    reason: expect.stringContaining('expired at 2026-11-22T12:15:00'),
  });
});

test('a consumer can only shorten how long it holds', () => {
  expect(revalidate(pass, { now: at('12:05:00'), maxAgeSeconds: 60 }).verdict).toBe('error');
  expect(revalidate(pass, { now: at('12:16:00'), maxAgeSeconds: 86_400 }).verdict).toBe('error');
});

test('from the future, or without a time, it is an error', () => {
  expect(revalidate(pass, { now: at('12:00:30') }).reason).toMatch(/future/u);
  expect(
    revalidate(sealed({ ...pass, evidence_at: '2027-01-01T00:00:00Z' }), { now: at('12:05:00') }).verdict,
  ).toBe('error');
  for (const key of ['evidence_at', 'expires_at', 'evaluated_at'] as const) {
    expect(revalidate(sealed({ ...pass, [key]: 'soon' }), { now: at('12:05:00') }).verdict).toBe('error');
    const { [key]: _gone, ...rest } = pass;
    expect(revalidate(rest as Verdict, { now: at('12:05:00') }).verdict).toBe('error');
  }
});

test('an error without evidence keeps its own reason', () => {
  const { evidence_at: _evidence, expires_at: _expires, ...rest } = pass;
  const error: Verdict = { ...rest, verdict: 'error', reason: 'no run' };
  expect(revalidate(error, { now: at('23:00:00') })).toBe(error);
});
