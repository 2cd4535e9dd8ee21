import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { flipgate, type Finished } from '../support/cli.ts';
import { startOtlpReceiver, type OtlpAnswer } from '../support/otlp-receiver.ts';
import { emptyStore, passedNow, writeRun, writeVerdict } from '../support/store-files.ts';

const json = { 'content-type': 'application/json' };
const protobuf = { 'content-type': 'application/x-protobuf' };

async function pushed(answer: OtlpAnswer, query = ''): Promise<Finished & { asked: number }> {
  const { url, requests, close } = await startOtlpReceiver(answer);
  onTestFinished(close);
  const folder = await emptyStore();
  await writeRun(path.join(folder, 'reports'));
  await writeVerdict(path.join(folder, 'reports'), passedNow());
  return {
    ...(await flipgate(folder, ['push', '--otlp', `${url}/v1/metrics${query}`])),
    asked: requests.length,
  };
}

/** `ExportMetricsServiceResponse` with a partial success. */
function partialSuccess(rejected: number, message: string): Buffer {
  const text = Buffer.from(message);
  const partial = Buffer.from([0x08, rejected, 0x12, text.length, ...text]);
  return Buffer.from([0x0a, partial.length, ...partial]);
}

test.for<[what: string, answer: OtlpAnswer]>([
  ['nothing', { status: 200 }],
  ['nothing, and says so', { status: 204 }],
  ['nothing, as plain text', { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' } }],
  ['an empty object', { status: 200, body: '{}', headers: json }],
  ['an object whose kind it does not say', { status: 200, body: '\uFEFF{"partialSuccess":{}}\n' }],
  [
    'that it refused none',
    { status: 200, body: '{"partialSuccess":{"rejectedDataPoints":"0"}}', headers: json },
  ],
  ['no partial success', { status: 200, body: '{"partialSuccess":null,"more":[1]}', headers: json }],
  ['a warning', { status: 200, body: '{"partialSuccess":{"errorMessage":"deprecated"}}', headers: json }],
  ['nothing as protobuf', { status: 200, headers: protobuf }],
  [
    'protobuf without refused points',
    { status: 200, body: partialSuccess(0, 'deprecated'), headers: protobuf },
  ],
])('a receiver has taken everything where it answers %s', async ([, answer]) => {
  expect(await pushed(answer)).toMatchObject({ code: 0, stderr: '', asked: 1 });
});

const refused = '{"partialSuccess":{"rejectedDataPoints":"40","errorMessage":"too old"}}';
const notOtlp = 'where OTLP has nothing or a whole JSON object: something else answers there';

test.for<[what: string, answer: OtlpAnswer, says: string]>([
  ['a partial success', { status: 200, body: refused }, 'it refused 40 data points: too old'],
  [
    'one in the spelling of protobuf',
    { status: 200, body: '{"partial_success":{"rejected_data_points":"40"}}' },
    'it refused 40 data points',
  ],
  [
    'one as a number',
    { status: 200, body: '{"partialSuccess":{"rejectedDataPoints":40}}' },
    'it refused 40 data points',
  ],
  [
    'one that counts in no number',
    { status: 200, body: '{"partialSuccess":{"rejectedDataPoints":"some"}}' },
    'it refused data points',
  ],
  [
    'one that is no object',
    { status: 200, body: '{"partialSuccess":"some"}' },
    'HTTP status 200 with a partial success that cannot be read',
  ],
  [
    'one as protobuf',
    { status: 200, body: partialSuccess(40, 'too old'), headers: protobuf },
    'it refused 40 data points: too old',
  ],
  [
    'one that goes on and on',
    {
      status: 200,
      body: JSON.stringify({
        partialSuccess: { rejectedDataPoints: '40', errorMessage: 'x'.repeat(300_000) },
      }),
    },
    'HTTP status 200 with more than 65536 bytes, which says no more whether the series arrived',
  ],
  [
    'JSON that was cut',
    { status: 200, body: refused.slice(0, 30) },
    `HTTP status 200 with "{"partialSuccess":{"rejectedDa", ${notOtlp}`,
  ],
  [
    'JSON that is no object',
    { status: 200, body: '[]', headers: json },
    `HTTP status 200 with application/json "[]", ${notOtlp}`,
  ],
  [
    'a page to sign in',
    { status: 200, body: '<!doctype html><title>Sign in</title>', headers: { 'content-type': 'text/html' } },
    `HTTP status 200 with text/html "<!doctype html><title>Sign in</title>", ${notOtlp}`,
  ],
  [
    'protobuf that was cut',
    { status: 200, body: partialSuccess(40, 'too old').subarray(0, 9), headers: protobuf },
    'HTTP status 200 with protobuf that is no answer of OTLP',
  ],
])('%s is an error with 4, and is not sent again', async ([, answer, says]) => {
  const { code, stdout, stderr, asked } = await pushed(answer);
  expect([code, stdout, asked]).toEqual([4, '', 1]);
  expect(stderr).toContain(`error: the series did not arrive at the OTLP receiver http://127.0.0.1:`);
  expect(stderr.split('\n')[0]?.endsWith(`/v1/metrics: ${says}`), stderr).toBe(true);
  expect(stderr).toContain('\nhint: the whole path is wanted');
});

test('what an answer of success repeats of secrets is not shown either', async () => {
  const body = partialSuccess(3, 'no: also-a-secret');
  const { code, stderr } = await pushed({ status: 200, body, headers: protobuf }, '?key=also-a-secret');
  expect(code).toBe(4);
  expect(stderr).toContain('it refused 3 data points: no: ');
  expect(stderr).not.toContain('also-a-secret');
});
