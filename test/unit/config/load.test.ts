import { chmod, chown, mkdir, rename, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { UserError } from '../../../src/base/errors.ts';
import type { Config } from '../../../src/config/config.ts';
import { configOf, loadConfig } from '../../../src/config/load.ts';
import type { Overrides } from '../../../src/config/overrides.ts';
import { inFolder } from '../../support/cli.ts';

type Environment = Readonly<Record<string, string>>;

async function load(folder: string, flags: Overrides = {}, environment: Environment = {}): Promise<Config> {
  return loadConfig(flags, { workingDirectory: folder, environment });
}

async function loadText(folder: string, text: string, environment: Environment = {}): Promise<Config> {
  await writeFile(path.join(folder, 'flipgate.yaml'), text);
  return load(folder, {}, environment);
}

const blue = (more = ''): string => `arms: { blue: { kind: http, url: "http://127.0.0.1:1/ask"${more} } }\n`;
const armOf = (config: Config, name = 'blue'): Record<string, unknown> =>
  config.arms.get(name) as unknown as Record<string, unknown>;

interface Setting {
  readonly key: keyof Overrides;
  readonly variable: string;
  readonly flag: unknown;
  readonly read: (config: Config) => unknown;
  /** What comes of the file, the variable and the flag. */
  readonly values: readonly [unknown, unknown, unknown];
}

const settings: readonly Setting[] = [
  { key: 'paraphrases', variable: '1', flag: 2, values: [9, 1, 2], read: ({ plan }) => plan.paraphrases },
  { key: 'warmup', variable: '3', flag: 4, values: [9, 3, 4], read: ({ plan }) => plan.warmup },
  { key: 'limit', variable: '5', flag: 6, values: [99, 5, 6], read: ({ plan }) => plan.limit },
  { key: 'maxCalls', variable: '7', flag: 8, values: [99, 7, 8], read: ({ plan }) => plan.maxCalls },
  { key: 'rate', variable: '9', flag: 10, values: [99, 9, 10], read: ({ plan }) => plan.rate },
  { key: 'tag', variable: 'b', flag: 'c', values: ['z', 'b', 'c'], read: ({ plan }) => plan.tag },
  { key: 'seeds', variable: '3', flag: [4], values: [[9], [3], [4]], read: ({ plan }) => plan.seeds },
  {
    key: 'concurrency',
    variable: '2',
    flag: 3,
    values: [9, 2, 3],
    read: (config) => armOf(config)['concurrency'],
  },
  {
    key: 'timeout',
    variable: '4',
    flag: 5,
    values: [9, 4, 5],
    read: (config) => armOf(config)['timeoutSeconds'],
  },
];

test.each(settings)(
  'for $key a flag wins over the environment, which wins over the file',
  ({ key, variable, flag, values, read }) =>
    inFolder(async (folder) => {
      const arm = blue(', concurrency: 9, timeoutSeconds: 9');
      await loadText(
        folder,
        `plan: { paraphrases: 9, warmup: 9, limit: 99, maxCalls: 99, rate: 99, tag: z, seeds: [9] }\n${arm}`,
      );
      const name = `FLIPGATE_${key.replaceAll(/[A-Z]/gu, (letter) => `_${letter}`).toUpperCase()}`;
      expect(read(await load(folder))).toEqual(values[0]);
      expect(read(await load(folder, {}, { [name]: '' }))).toEqual(values[0]);
      expect(read(await load(folder, {}, { [name]: variable }))).toEqual(values[1]);
      expect(read(await load(folder, { [key]: flag }, { [name]: variable }))).toEqual(values[2]);
    }),
);

test('paths of the file are relative to the file, paths of flags and variables to the working directory', () =>
  inFolder(async (folder) => {
    await mkdir(path.join(folder, 'conf'));
    await writeFile(path.join(folder, 'conf', 'f.yaml'), 'gold: questions\nstore: runs\ncorpus: docs\n');
    const config = await load(folder, { config: 'conf/f.yaml' });
    expect([config.gold, config.store, config.corpus]).toEqual(
      ['questions', 'runs', 'docs'].map((name) => path.join(folder, 'conf', name)),
    );
    const over = await load(folder, { config: 'conf/f.yaml', gold: 'mine' }, { FLIPGATE_STORE: 'here' });
    expect([over.gold, over.store]).toEqual([path.join(folder, 'mine'), path.join(folder, 'here')]);
    expect((await load(folder, {}, { FLIPGATE_CONFIG: 'conf/f.yaml' })).gold).toBe(config.gold);
  }));

test.each([
  ['FLIPGATE_CONCURRENCY', '1001'],
  ['FLIPGATE_CONCURRENCY', '0'],
  ['FLIPGATE_TIMEOUT', '3601'],
  ['FLIPGATE_TIMEOUT', 'Infinity'],
  ['FLIPGATE_RATE', '0'],
  ['FLIPGATE_RATE', 'NaN'],
  ['FLIPGATE_PARAPHRASES', '101'],
  ['FLIPGATE_PARAPHRASES', '1.5'],
  ['FLIPGATE_SEEDS', '1,1'],
  ['FLIPGATE_SEEDS', '1,,2'],
  ['FLIPGATE_SEEDS', '-1'],
  ['FLIPGATE_LIMIT', ' '],
])('%s "%s" is out of the range that the file has, and is refused by its name', (name, value) =>
  inFolder(async (folder) => {
    await expect(load(folder, {}, { [name]: value })).rejects.toThrow(
      new RegExp(`^${name} "${value}" (is not|has)`, 'u'),
    );
    await expect(load(folder, {}, { [name]: value })).rejects.toBeInstanceOf(UserError);
  }),
);

test('seeds are put in ascending order, whatever order they are written in', () =>
  inFolder(async (folder) => {
    expect((await loadText(folder, 'plan: { seeds: [10, 9, 1] }\n')).plan.seeds).toEqual([1, 9, 10]);
    expect((await load(folder, { seeds: [7, 3] })).plan.seeds).toEqual([3, 7]);
  }));

test('JSON is read too, indented by tabs and with a byte order mark', () =>
  inFolder(async (folder) => {
    const text = JSON.stringify(
      { gold: 'a/b', arms: { blue: { kind: 'http', url: 'http://127.0.0.1:1/\u00fc' } } },
      undefined,
      '\t',
    );
    await writeFile(path.join(folder, 'flipgate.json'), `\uFEFF${text.replaceAll('/', String.raw`\/`)}`);
    const config = await load(folder);
    expect([config.file, config.gold]).toEqual([
      path.join(folder, 'flipgate.json'),
      path.join(folder, 'a', 'b'),
    ]);
    expect(armOf(config)['url']).toBe('http://127.0.0.1:1/\u00fc');
  }));

test('an empty file is a configuration that says nothing', () =>
  inFolder(async (folder) => {
    for (const text of ['', '# only a comment\n', '---\n'])
      expect((await loadText(folder, text)).arms.size).toBe(0);
  }));

test('variables are filled, with a default where one is unset or empty', () =>
  inFolder(async (folder) => {
    const url = async (text: string, environment: Environment): Promise<unknown> =>
      armOf(await loadText(folder, `arms: { blue: { kind: http, url: "${text}" } }\n`, environment))['url'];
    expect(await url('${A}/ask', { A: 'http://a' })).toBe('http://a/ask');
    expect(await url('${A:-http://b}/ask', {})).toBe('http://b/ask');
    expect(await url('${A:-http://b}/ask', { A: '' })).toBe('http://b/ask');
    expect(await url('${A}${B:-}', { A: 'http://a/', B: 'x' })).toBe('http://a/x');
    expect(await url('${A}', { A: 'http://h/${B}' })).toBe('http://h/${B}');
  }));

test('an arm that extends another takes what it does not set itself, over several steps', () =>
  inFolder(async (folder) => {
    const text = `arms:
  blue: { kind: http, url: "http://a/", concurrency: 3, pins: { PROMPT_VER: "1", INDEX_HASH: i } }
  green: { extends: blue, url: "http://b/" }
  teal: { extends: green, pins: { PROMPT_VER: "2" } }
`;
    const config = await loadText(folder, text);
    expect(armOf(config, 'teal')).toMatchObject({
      kind: 'http',
      url: 'http://b/',
      concurrency: 3,
      pins: { PROMPT_VER: '2' },
    });
    expect(armOf(config, 'teal')['pins']).not.toHaveProperty('INDEX_HASH');
    expect(armOf(config, 'teal')).not.toHaveProperty('extends');
  }));

test('--blue gives a configured arm another URL and keeps the rest', () =>
  inFolder(async (folder) => {
    const config = await loadText(folder, blue(', retries: 2')).then(() =>
      load(folder, { blue: 'http://other/', green: 'http://new/' }),
    );
    expect(armOf(config)).toMatchObject({ url: 'http://other/', retries: 2 });
    expect(armOf(config, 'green')).toMatchObject({ kind: 'http', url: 'http://new/', retries: 0 });
  }));

test('what must never be written: header values, user info and query of URLs, long environment values; not hosts, paths and versions', () =>
  inFolder(async (folder) => {
    const text = `gold: "\${GOLD}"
arms:
  blue:
    kind: http
    url: "\${SCHEME_HOST}/ask/\${PATH_PART}?key=query-secret"
    versionsUrl: "http://user-name:pass-word@h/v"
    headers: { authorization: "Bearer \${TOKEN}", x-team: literal-header, accept: application/json }
    body: { question: "{{question}}", api_key: "\${BODY_KEY}", mode: "\${SHORT}" }
    pins: { INDEX_HASH: "\${HASH_OF_INDEX}" }
`;
    const environment = {
      GOLD: 'gold-folder-1',
      SCHEME_HOST: 'http://stack.example',
      PATH_PART: 'tenant-number-1',
      TOKEN: 'tok-12345',
      BODY_KEY: 'body-key-1',
      SHORT: 'short',
      HASH_OF_INDEX: 'aaaabbbbcccc',
    };
    const { secrets } = await loadText(folder, text, environment);
    for (const secret of [
      'query-secret',
      'user-name',
      'pass-word',
      'Bearer tok-12345',
      'tok-12345',
      'literal-header',
      'body-key-1',
    ])
      expect(secrets).toContain(secret);
    for (const open of [
      'gold-folder-1',
      'http://stack.example',
      'tenant-number-1',
      'application/json',
      'short',
      'aaaabbbbcccc',
    ])
      expect(secrets).not.toContain(open);
  }));

test('the configuration’s hash tells settings apart, not secrets', () =>
  inFolder(async (folder) => {
    const of = async (token: string, more = ''): Promise<string> =>
      (await loadText(folder, blue(`, headers: { authorization: "${token}" }${more}`))).sha256;
    expect(await of('secret-one')).toBe(await of('secret-two'));
    expect(await of('secret-one')).not.toBe(await of('secret-one', ', retries: 1'));
  }));

test('what comes out is frozen', () =>
  inFolder(async (folder) => {
    const config = await loadText(folder, blue());
    expect(
      [config, config.plan, config.plan.seeds, config.scoring.toolLoop].every((part) =>
        Object.isFrozen(part),
      ),
    ).toBe(true);
  }));

test('a configuration from a value is checked like a file', () => {
  const around = { workingDirectory: '/somewhere', environment: {} };
  expect(configOf({ gold: 'g' }, around).gold).toBe('/somewhere/g');
  expect(() => configOf({ glod: 'g' }, around)).toThrow('key "glod" is not known');
});

test('of several files in a folder YAML comes first, and a named one that is missing is no reason to take another', () =>
  inFolder(async (folder) => {
    await writeFile(path.join(folder, 'flipgate.json'), '{"gold": "json"}');
    expect((await loadText(folder, 'gold: yaml\n')).gold).toBe(path.join(folder, 'yaml'));
    await expect(load(folder, { config: 'other.yaml' })).rejects.toThrow(
      'configuration file "other.yaml" does not exist',
    );
    await expect(load(folder, { config: '.' })).rejects.toThrow('cannot be read');
  }));

test('a file found above stops at the root of this repository, and outside of one it is refused', () =>
  inFolder(async (folder) => {
    const inner = path.join(folder, 'repository', 'deep');
    await mkdir(path.join(folder, 'repository', '.git'), { recursive: true });
    await mkdir(inner);
    await writeFile(path.join(folder, 'flipgate.yaml'), 'gold: stranger\n');
    // The one outside of the repository is not even looked at.
    expect((await load(inner)).file).toBeUndefined();
    await writeFile(path.join(folder, 'repository', 'flipgate.yaml'), 'gold: own\n');
    expect((await load(inner)).gold).toBe(path.join(folder, 'repository', 'own'));
    await mkdir(path.join(folder, 'plain'));
    await expect(load(path.join(folder, 'plain'))).rejects.toThrow(
      'lies above this folder and outside a repository, so it is not used',
    );
  }));

async function above(folder: string): Promise<{ readonly file: string; readonly below: string }> {
  const [file, below] = [path.join(folder, 'flipgate.yaml'), path.join(folder, 'below')];
  await mkdir(path.join(folder, '.git'));
  await mkdir(below);
  await writeFile(file, 'gold: g\n', { mode: 0o644 });
  return { file, below };
}

test.runIf(process.getuid?.() === 0)(
  'a found file that belongs to another user is refused, not a named one',
  () =>
    inFolder(async (folder) => {
      const { file, below } = await above(folder);
      await chown(file, 12345, 12345);
      for (const place of [folder, below])
        await expect(load(place)).rejects.toThrow('belongs to another user, so it is not used');
      expect((await load(folder, { config: file })).file).toBe(file);
      expect((await load(folder, {}, { SUDO_UID: '12345' })).file).toBe(file);
      await rename(file, path.join(folder, 'theirs.yaml'));
      await symlink('theirs.yaml', file);
      await expect(load(folder)).rejects.toThrow('belongs to another user');
    }),
);

test.each([
  [0o664, 'its group'],
  [0o646, 'everybody'],
  [0o666, 'everybody'],
])('a found file of mode %o, which %s can write, is refused, not a named one', (mode, writers) =>
  inFolder(async (folder) => {
    const { file, below } = await above(folder);
    await chmod(file, mode);
    for (const place of [folder, below])
      await expect(load(place)).rejects.toMatchObject({
        message: `"${file}" can be written by ${writers}, so it is not used`,
        hint: expect.stringContaining(`chmod go-w ${file}`),
      });
    expect((await load(folder, { config: file })).file).toBe(file);
  }),
);
