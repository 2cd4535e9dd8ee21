import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRedactor, secretsOfHeader } from '../../../src/base/redact.ts';
import type { Answer } from '../../../src/scoring/answer.ts';
import { startHostileServer } from '../../hostile-server.ts';
import type { HostileServer } from '../../hostile-server.ts';
import { askOnce, matching, openWith } from './arm-fixtures.ts';

const secret = 'Bearer tok-3f9a1c+77/x=';
const redact = createRedactor(secretsOfHeader('authorization', secret));
let server: HostileServer;

beforeAll(async () => {
  server = await startHostileServer();
});
afterAll(() => server.close());

async function answerFrom(url: string, milliseconds = 10_000): Promise<Answer> {
  const arm = await openWith({ kind: 'http', url, headers: { authorization: secret } }, { redact });
  const answer = await askOnce(arm, {}, milliseconds);
  await arm.close();
  return answer;
}

const faultPaths: ReadonlyArray<readonly [path: string, outcome: string, message: RegExp]> = [
  ['/reset-before-headers', 'network', /reset|closed/],
  ['/reset-in-headers', 'network', /reset|closed/],
  ['/reset-after-headers', 'network', /reset|closed/],
  ['/reset-mid-body', 'network', /reset|closed/],
  ['/close-before-headers', 'network', /closed before a response/],
  ['/length-too-long', 'network', /closed before the response was complete/],
  ['/chunked-cut', 'network', /closed before the response was complete/],
  ['/not-http', 'network', /not HTTP/],
  ['/huge-headers', 'shape', /headers are too large/],
  ['/endless', 'shape', /larger than 8388608 bytes/],
  ['/gigabyte', 'shape', /larger than/],
  ['/gigabyte-declared', 'shape', /larger than/],
  ['/gzip-bomb', 'shape', /after decompression/],
  ['/gzip-cut', 'shape', /cannot be decompressed/],
  ['/gzip-false', 'shape', /cannot be decompressed/],
  ['/encoding-unknown', 'shape', /content encoding/],
  ['/html', 'shape', /not JSON/],
  ['/empty', 'shape', /not JSON: it is empty/],
  ['/no-content', 'shape', /not JSON: it is empty/],
  ['/json-cut', 'shape', /not JSON/],
  ['/json-garbage-after', 'shape', /not JSON at character 17/],
  ['/json-nan', 'shape', /not JSON/],
  ['/json-deep', 'shape', /nested deeper than 200 levels/],
  ['/json-latin1', 'shape', /not UTF-8/],
  ['/json-list', 'shape', /the response is a list, not an object/],
  ['/neither', 'shape', /neither retrieved nor answer/],
  ['/snippet-without-text', 'shape', /retrieved\[0\] has no text/],
  ['/snippet-no-object', 'shape', /retrieved\[0\] is a string, not an object/],
  ['/answer-number', 'shape', /answer is a number, not a string/],
  ['/refused-text', 'shape', /refused is a string, not true or false/],
  ['/retrieved-object', 'shape', /retrieved is an object, not a list/],
  ['/citations-numbers', 'shape', /citations\[0\] is a number, not a string/],
  ['/stages-list', 'shape', /stages is a list, not an object/],
  ['/stages-text', 'shape', /stages.retrieve is a string, not a number/],
  ['/versions-number', 'shape', /versions.PROMPT_VER is a number, not a string/],
  ['/tool-calls-text', 'shape', /tool_calls is a string, not a list/],
  ['/tool-calls-nameless', 'shape', /tool_calls\[0\].name is missing, not a string/],
  ['/side-effects-negative', 'shape', /side_effects is not a count/],
  ['/side-effects-text', 'shape', /side_effects is a string, not a number/],
  ['/dedupe-hits-half', 'shape', /dedupe_hits is not a count/],
  ['/usage-text', 'shape', /usage.input_tokens is a string, not a number/],
  ['/snippet-id-number', 'shape', /retrieved\[0\].snippet_id is a number, not a string/],
  ['/section-id-list', 'shape', /retrieved\[0\].section_id is a list, not a string/],
  ['/source-url-object', 'shape', /retrieved\[0\].source_url is an object, not a string/],
  ['/text-number', 'shape', /retrieved\[0\].text is a number, not a string/],
  ['/score-text', 'shape', /retrieved\[0\].score is a string, not a number/],
  ['/offsets-text', 'shape', /retrieved\[0\].offsets is a string, not a list/],
  ['/offsets-texts', 'shape', /retrieved\[0\].offsets holds a string, not two numbers/],
  ['/snippets-20001', 'shape', /retrieved has 20001 entries/],
  ['/redirect-301', 'status', /301; redirects are not followed/],
  ['/redirect-307', 'status', /307/],
  ['/not-modified', 'status', /304/],
  ['/credentials-echoed', 'status', /^HTTP status 401$/],
  ['/error-500', 'status', /500/],
  ['/error-500-huge', 'status', /500/],
  ['/retry-after-1', 'status', /429/],
];

const findingPaths: ReadonlyArray<
  readonly [path: string, findings: ReadonlyArray<readonly [code: string, field?: string]>]
> = [
  ['/fine', []],
  ['/bom', []],
  ['/gzip-fine', []],
  ['/early-hints', []],
  ['/null-fields', []],
  ['/json-proto', []],
  ['/json-lone-surrogates', [['lone_surrogates']]],
  ['/offsets-negative', [['offsets_invalid']]],
  ['/offsets-reversed', [['offsets_invalid']]],
  ['/offsets-half', [['offsets_invalid']]],
  ['/offsets-three', [['offsets_invalid']]],
  ['/snippets-10000', []],
  ['/snippets-duplicate', [['duplicate_snippet_id']]],
  ['/stages-negative', [['stage_invalid', 'retrieve']]],
  [
    '/versions-long',
    [
      ['version_invalid', 'PROMPT_VER'],
      ['version_invalid', 'MODEL_VER'],
    ],
  ],
];

describe('an arm that misbehaves', () => {
  test.each(faultPaths)('at %s ends in a %s fault', async (path, outcome, message) => {
    const answer = await answerFrom(server.url + path);
    expect(answer).toMatchObject({ outcome, message: matching(message) });
    expect(JSON.stringify(answer)).not.toContain('tok-3f9a1c');
  });

  test.each(findingPaths)('at %s is answered, with what was odd noted', async (path, findings) => {
    const answer = await answerFrom(server.url + path);
    expect(answer).toMatchObject({ outcome: 'ok' });
    if (answer.outcome !== 'ok') return;
    const noted = answer.findings.map(({ code, field }) => (field === undefined ? [code] : [code, field]));
    expect(new Set(noted.map(String))).toEqual(new Set(findings.map(String)));
  });

  test.each(['/silent', '/slow-headers', '/byte-a-second', '/stops-halfway'])(
    'at %s is cancelled when its time is over',
    async (path) => {
      const answer = await answerFrom(server.url + path, 300);
      expect(answer).toMatchObject({ outcome: 'network', message: matching(/given up/) });
    },
  );

  test('that refuses or resets connections is a network fault', async () => {
    expect(await answerFrom(server.resetOnConnectUrl)).toMatchObject({ outcome: 'network' });
    expect(await answerFrom('http://127.0.0.1:1/ask')).toMatchObject({
      outcome: 'network',
      message: 'connection refused at 127.0.0.1:1 (ECONNREFUSED)',
    });
    expect(await answerFrom('http://nowhere.invalid/ask')).toMatchObject({ outcome: 'network' });
  });

  test('does not see its redirects followed', async () => {
    const before = server.seen.get('/fine') ?? 0;
    await answerFrom(`${server.url}/redirect-301`);
    await answerFrom(`${server.url}/redirect-307`);
    expect(server.seen.get('/fine') ?? 0).toBe(before);
  });

  test('cannot echo a credential into the answer in any form', async () => {
    const answer = await answerFrom(`${server.url}/credentials-in-answer`);
    expect(answer.outcome).toBe('ok');
    expect(JSON.stringify(answer)).not.toContain('tok-3f9a1c');
    expect(JSON.stringify(answer)).toContain('[redacted]');
  });

  test('cannot reach the prototype of anything', async () => {
    const answer = await answerFrom(`${server.url}/json-proto`);
    expect(answer).toMatchObject({ outcome: 'ok' });
    expect(answer.outcome === 'ok' && answer.response.refused).toBeUndefined();
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test.each([
    ['/retry-after-1', 1],
    ['/retry-after-day', 86_400],
    ['/retry-after-garbage', undefined],
    ['/retry-after-past', undefined],
  ])('at %s is waited for as it asked', async (path, seconds) => {
    const answer = await answerFrom(server.url + path);
    expect('retryAfterSeconds' in answer ? answer.retryAfterSeconds : undefined).toBe(seconds);
  });

  test('with a date to come back at is waited for until then', async () => {
    const answer = await answerFrom(`${server.url}/retry-after-date`);
    const seconds = 'retryAfterSeconds' in answer ? answer.retryAfterSeconds : undefined;
    expect(seconds).toBeGreaterThan(30);
    expect(seconds).toBeLessThanOrEqual(60);
  });

  test('does not fill the memory', async () => {
    const paths = ['/gigabyte', '/endless', '/gzip-bomb', '/error-500-huge', '/json-deep', '/snippets-20001'];
    const before = process.memoryUsage().rss;
    for (let round = 0; round < 3; round += 1)
      await Promise.all(paths.map((path) => answerFrom(server.url + path)));
    expect(process.memoryUsage().rss - before).toBeLessThan(400e6);
  });
});
