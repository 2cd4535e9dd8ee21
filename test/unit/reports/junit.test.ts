import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RuleVerdict, Verdict } from '../../../src/gates/verdict.ts';
import { junitXml } from '../../../src/reports/junit.ts';
import { failed, hostileTexts } from '../../support/verdicts.ts';
import { parseXml, type Element } from '../../support/xml.ts';

/** Jenkins' junit-10.xsd as far as a report uses it: attributes (those with `!` are required) and children of each element. */
const shape: Readonly<
  Record<string, { readonly attributes: readonly string[]; readonly children: readonly string[] }>
> = {
  testsuites: { attributes: ['name', 'time', 'tests', 'failures', 'errors'], children: ['testsuite'] },
  testsuite: {
    attributes: [
      'name!',
      'tests!',
      'failures!',
      'errors!',
      'skipped',
      'time',
      'timestamp',
      'hostname',
      'id',
      'package',
    ],
    children: ['properties', 'testcase', 'system-out', 'system-err'],
  },
  properties: { attributes: [], children: ['property'] },
  property: { attributes: ['name!', 'value!'], children: [] },
  testcase: {
    attributes: ['name!', 'classname', 'time', 'group'],
    children: ['skipped', 'error', 'failure', 'system-out', 'system-err'],
  },
  skipped: { attributes: ['type', 'message'], children: [] },
  error: { attributes: ['type', 'message'], children: [] },
  failure: { attributes: ['type', 'message'], children: [] },
  'system-out': { attributes: [], children: [] },
};
const holdsText = new Set(['skipped', 'error', 'failure', 'system-out']);

function faultsOf(element: Element): readonly string[] {
  const known = shape[element.name];
  if (known === undefined) return [`<${element.name}> is not known`];
  const given = Object.keys(element.attributes);
  const required = known.attributes.filter((name) => name.endsWith('!')).map((name) => name.slice(0, -1));
  const allowed = new Set(known.attributes.map((name) => name.replace('!', '')));
  return [
    ...given.filter((name) => !allowed.has(name)).map((name) => `${element.name}@${name}`),
    ...required.filter((name) => !given.includes(name)).map((name) => `${element.name} lacks @${name}`),
    ...element.children
      .filter(({ name }) => !known.children.includes(name))
      .map(({ name }) => `${element.name} > ${name}`),
    ...(element.text.trim() !== '' && !holdsText.has(element.name) ? [`text in ${element.name}`] : []),
    ...(element.name.startsWith('testsuite') ? countFaults(element) : []),
    ...element.children.flatMap(faultsOf),
  ];
}

function countFaults(element: Element): readonly string[] {
  const cases = casesOf(element);
  const outcome = (name: string): number =>
    cases.filter(({ children }) => children.some((child) => child.name === name)).length;
  const counts = {
    tests: cases.length,
    failures: outcome('failure'),
    errors: outcome('error'),
    skipped: outcome('skipped'),
  };
  return Object.entries(counts)
    .filter(
      ([name, count]) => element.attributes[name] !== undefined && element.attributes[name] !== String(count),
    )
    .map(([name, count]) => `${element.name}@${name} is not ${count}`);
}

function casesOf(element: Element): readonly Element[] {
  return element.children.flatMap((child) => (child.name === 'testcase' ? [child] : casesOf(child)));
}

function read(verdicts: readonly Verdict[]): Element {
  const root = parseXml(junitXml(verdicts));
  expect(faultsOf(root)).toEqual([]);
  return root;
}

const passed: Verdict = { ...failed, verdict: 'pass', reason: 'all 1 rules pass', problems: [], rules: [] };
const rule = (more: Partial<RuleVerdict>): RuleVerdict => ({
  rule: 'coverage',
  verdict: 'pass',
  reason: 'r',
  ...more,
});
const withRule = (more: Partial<RuleVerdict>): Verdict => ({ ...passed, rules: [rule(more)] });

/** The part of a text that XML 1.0 can carry. */
const carried = (text: string): string =>
  text.replaceAll(/[^\t\n\r\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '');

test('a gate that fails, whole', () => {
  read([failed]);
  expect(junitXml([failed])).toMatchSnapshot();
});

describe('outcomes', () => {
  test.each([
    [{}, 'system-out'],
    [{ verdict: 'fail' }, 'failure'],
    [{ verdict: 'inconclusive' }, 'failure'],
    [{ verdict: 'error' }, 'error'],
    [{ verdict: 'waived' }, 'skipped'],
    [{ verdict: 'fail', severity: 'warn' }, 'system-out'],
    // What a newer version may write.
    [{ verdict: 'constructor' as 'pass' }, 'error'],
    [{ verdict: 'PASS' as 'pass' }, 'error'],
  ] as const)('a rule with %j is %s', (more, element) => {
    const [, found] = casesOf(read([withRule(more)]));
    expect(found?.children.map(({ name }) => name)).toEqual([element]);
  });

  test('an inconclusive rule says so in its type', () => {
    const [, found] = casesOf(read([withRule({ verdict: 'inconclusive', reason: 'too few' })]));
    expect(found?.children[0]?.attributes).toEqual({ message: 'too few', type: 'inconclusive' });
  });

  test('a rule that only warns tells its verdict', () => {
    const [, found] = casesOf(read([withRule({ verdict: 'fail', severity: 'warn', reason: 'slow' })]));
    expect(found?.children[0]?.text).toBe('fail (only a warning): slow');
  });

  test.each(['fail', 'inconclusive', 'error', 'unheard_of' as 'error'] as const)(
    'a gate that is %s is never all green',
    (verdict) => {
      const bare = read([{ ...passed, verdict }]);
      expect(casesOf(bare).map(({ attributes }) => attributes['name'])).toEqual(['verdict']);
      expect(Number(bare.attributes['failures']) + Number(bare.attributes['errors'])).toBe(1);
    },
  );

  test('a problem is a case that does not pass, whatever word it carries', () => {
    const problems = [{ code: 'stale', verdict: 'pass' as 'error', reason: 'old' }];
    const [, found] = casesOf(read([{ ...passed, problems }]));
    expect([found?.attributes['name'], found?.children[0]?.name]).toEqual(['problem stale', 'error']);
  });

  test('a gate that passes with its rules is all green', () => {
    const { attributes } = read([withRule({})]);
    expect(attributes).toEqual({ name: 'flipgate', tests: '2', failures: '0', errors: '0' });
  });

  test('no verdicts at all are an error', () => {
    expect(read([]).attributes).toEqual({ name: 'flipgate', tests: '1', failures: '0', errors: '1' });
  });
});

test('every gate has a suite of its own, in the order given', () => {
  const root = read([failed, { ...passed, gate: 'watch', arm: 'red' }]);
  expect(root.children.map(({ attributes }) => attributes['name'])).toEqual([
    'flipgate acceptance green',
    'flipgate watch red',
  ]);
});

test('cases of one name stay apart, and none takes the name of the whole', () => {
  const rules = [rule({ rule: 'verdict' }), rule({}), rule({ verdict: 'fail' })];
  const names = casesOf(read([{ ...failed, rules, problems: [] }])).map(
    ({ attributes }) => attributes['name'],
  );
  expect(names).toEqual(['verdict', 'verdict (2)', 'coverage', 'coverage (2)']);
});

test('a time that is no time of ours is left out', () => {
  const [suite] = read([{ ...passed, evaluated_at: 'yesterday' }]).children;
  expect(suite?.attributes).not.toHaveProperty('timestamp');
});

function carriesEverywhere(text: string): void {
  const everywhere = { rule: text, reason: text, verdict: 'fail' } as const;
  const hostile: Verdict = {
    ...failed,
    gate: text,
    arm: text,
    artifact: text,
    reason: text,
    evaluated_at: text,
    rules: [
      everywhere,
      { ...everywhere, verdict: 'waived' },
      { ...everywhere, verdict: 'pass', severity: 'warn' },
    ],
    problems: [{ code: text, verdict: 'error', reason: text }],
  };
  const root = read([hostile]);
  expect(root.children[0]?.attributes['name']).toBe(`flipgate ${carried(text)} ${carried(text)}`);
  const told = casesOf(root).flatMap(({ children }) => children);
  expect(told.map((element) => element.name)).toEqual([
    'failure',
    'failure',
    'skipped',
    'system-out',
    'error',
  ]);
  for (const { name, attributes, text: body } of told) {
    expect(body).toContain(carried(text));
    expect(attributes['message']).toBe(name === 'system-out' ? undefined : carried(text));
  }
}

test.each(hostileTexts)('carries %j everywhere as a text', carriesEverywhere);

test('carries any text', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary' }), carriesEverywhere));
});
