import { readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { healthy, send, startArm, type ArmServer } from '../support/arm-server.ts';
import { flipgate, inFolder, writeGold } from '../support/cli.ts';

const servers: ArmServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function arm(): Promise<ArmServer> {
  const server = await startArm();
  servers.push(server);
  return server;
}

const secrets = {
  token: 'tok/7f3a+9c55=e1',
  header: 'plain-header-value-77',
  user: 'some-user-name',
  password: 'p4ss:word@here',
  query: 'query secret & more',
  body: 'body-key-0815',
} as const;
const environment = { TOKEN: secrets.token, BODY_KEY: secrets.body };

const plainForms = (secret: string): readonly string[] => [
  secret,
  encodeURIComponent(secret),
  new URLSearchParams({ s: secret }).toString().slice(2),
  JSON.stringify(secret).slice(1, -1),
];
const base64Forms = (secret: string): readonly string[] =>
  [0, 1, 2].map((before) => Buffer.from(`${' '.repeat(before)}${secret}`).toString('base64'));
/** Every form in which a secret could be echoed. */
const echoed = (secret: string): readonly string[] => [...plainForms(secret), ...base64Forms(secret)];
/** What none of these may leave behind; of base64 the middle, which does not depend on what stands around. */
const telltales = (secret: string): readonly string[] => [
  ...plainForms(secret),
  ...base64Forms(secret).map((form) => form.slice(4, -4)),
];

async function everything(folder: string): Promise<string> {
  const files = await readdir(path.join(folder, 'reports'), { recursive: true, withFileTypes: true });
  const texts = await Promise.all(
    files
      .filter((file) => file.isFile())
      .map((file) => readFile(path.join(file.parentPath, file.name), 'utf8')),
  );
  return texts.join('\n');
}

async function writeConfig(folder: string, blue: ArmServer): Promise<void> {
  const url = new URL(blue.url);
  url.username = secrets.user;
  url.password = secrets.password;
  url.searchParams.set('key', secrets.query);
  const headers = { authorization: 'Bearer ${TOKEN}', 'x-team': secrets.header };
  const body = { question: '{{question}}', seed: '{{seed}}', key: '${BODY_KEY}' };
  const versionsUrl = `http://${encodeURIComponent(secrets.user)}:${encodeURIComponent(secrets.password)}@127.0.0.1:9/v?key=${encodeURIComponent(secrets.query)}`;
  const config = {
    gold: 'gold.jsonl',
    arms: { blue: { kind: 'http', url: url.href, headers, body, versionsUrl } },
  };
  await writeFile(path.join(folder, 'flipgate.json'), JSON.stringify(config));
}

test('no secret in any form reaches a file or an output, whatever the arm echoes and however it fails', () =>
  inFolder(async (folder) => {
    const blue = await arm();
    const all = Object.values(secrets);
    blue.respond = (request, response) => {
      const echo = all.flatMap(echoed).join(' | ');
      if (request.seed === 2) {
        response.statusMessage = 'Broken';
        send(response, 500, { error: echo });
      } else {
        const sane = healthy(blue, request) as { retrieved: object[] };
        const [first] = sane.retrieved;
        send(response, 200, {
          ...sane,
          answer: echo,
          retrieved: [
            { ...first, text: `${echo} topic`, section_id: secrets.header, snippet_id: environment.TOKEN },
          ],
          citations: [secrets.body],
          tool_calls: [{ name: secrets.header, arguments: { [secrets.body]: echo } }],
        });
      }
    };
    await writeGold(folder, 1);
    await writeConfig(folder, blue);
    const run = await flipgate(folder, ['run', '--no-scores'], environment);
    expect(run.code).toBe(0);
    const check = await flipgate(folder, ['check'], environment);
    const checkJson = await flipgate(folder, ['check', '--json'], environment);
    const json = await flipgate(
      folder,
      ['run', '--json', '--no-scores', '--store', 'reports/second'],
      environment,
    );
    const written = [run, check, checkJson, json]
      .flatMap(({ stdout, stderr }) => [stdout, stderr])
      .concat(await everything(folder))
      .join('\n');
    for (const secret of all)
      for (const form of telltales(secret)) expect([form, written.includes(form)]).toEqual([form, false]);
    expect(written).toContain('[redacted]');
  }));

test('a URL given as a flag is redacted in the record’s arguments', () =>
  inFolder(async (folder) => {
    const blue = await arm();
    await writeGold(folder, 1);
    const url = blue.url.replace('//', '//me:flag-secret-1@');
    const result = await flipgate(folder, [
      'run',
      '--blue',
      `${url}?key=flag-secret-2`,
      '--gold',
      'gold.jsonl',
      '--no-scores',
      '--json',
    ]);
    expect(result.code).toBe(0);
    const written = `${result.stdout}${result.stderr}${await everything(folder)}`;
    for (const secret of ['flag-secret-1', 'flag-secret-2']) expect(written).not.toContain(secret);
    expect(written).toContain('[redacted]');
    const wrong = await flipgate(folder, [
      'run',
      '--blue',
      `htp://me:flag-secret-1@127.0.0.1:9/?key=flag-secret-2`,
      '--gold',
      'gold.jsonl',
    ]);
    expect([wrong.code, wrong.stderr.includes('flag-secret')]).toEqual([2, false]);
  }));

test.each([
  ['a wrong type next to a secret', { timeoutSeconds: 'plain-header-value-77' }],
  ['an unknown key', { hedears: { authorization: 'Bearer ${TOKEN}' } }],
  ['an unset variable', { method: '${NOT_SET_ANYWHERE}' }],
])('an error of the configuration shows no secret: %s', (_, wrong) =>
  inFolder(async (folder) => {
    await writeGold(folder, 1);
    const headers = { authorization: 'Bearer ${TOKEN}', 'x-team': secrets.header };
    const config = {
      gold: 'gold.jsonl',
      arms: { blue: { kind: 'http', url: 'http://me:geheim-99@127.0.0.1:9/', headers, ...wrong } },
    };
    await writeFile(path.join(folder, 'flipgate.json'), JSON.stringify(config));
    const result = await flipgate(folder, ['run'], environment);
    expect(result.code).toBe(2);
    for (const secret of [secrets.header, environment.TOKEN, 'geheim-99'])
      expect(result.stderr).not.toContain(secret);
  }),
);
