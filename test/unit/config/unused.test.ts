import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { loadConfig } from '../../../src/config/load.ts';
import { unusedBy } from '../../../src/config/unused.ts';
import { inFolder, writeGold } from '../../support/cli.ts';
import { run } from '../../support/world.ts';

const arm = { kind: 'http', url: 'http://127.0.0.1:9/ask', pins: { INDEX_HASH: 'i1' } };
const whole = {
  gold: 'gold.jsonl',
  baseline: 'blue',
  candidate: 'green',
  arms: { blue: arm, green: arm },
  rollback: { command: ['true'], verify: { command: ['true'] } },
};

/** What names a variable that is not set, and the commands that need it. */
const parts: Readonly<Record<string, readonly [more: object, neededBy: readonly string[]]>> = {
  'serve.token': [{ serve: { token: '${NOT_SET}' } }, ['serve']],
  'serve.host': [{ serve: { host: '${NOT_SET}' } }, ['serve']],
  rollback: [{ rollback: { command: ['${NOT_SET}'], verify: { command: ['true'] } } }, ['serve']],
  'headers of an arm': [
    { arms: { blue: arm, green: { ...arm, headers: { authorization: 'Bearer ${NOT_SET}' } } } },
    ['serve', 'push', 'run', 'check'],
  ],
  'pins of an arm': [
    { arms: { blue: arm, green: { ...arm, pins: { INDEX_HASH: '${NOT_SET}' } } } },
    ['serve', 'push', 'run', 'check', 'gate', 'compare', 'report'],
  ],
  embedder: [
    { embedder: { url: 'http://127.0.0.1:9/v1', model: '${NOT_SET}' } },
    ['serve', 'push', 'run', 'check', 'gate', 'compare', 'report', 'gold lint'],
  ],
};
const words: Readonly<Record<string, readonly string[]>> = {
  run: ['run', '--dry-run'],
  check: ['check'],
  gate: ['gate', 'acceptance'],
  compare: ['compare'],
  report: ['report'],
  runs: ['runs'],
  'runs prune': ['runs', 'prune', '--keep', '1'],
  'gold lint': ['gold', 'lint'],
  'gold hash': ['gold', 'hash'],
  drill: ['drill', 'record', '--pointer', 'edge', '--ttr', '1', '--verified'],
  push: ['push', '--textfile', 'x.prom'],
  serve: ['serve'],
};
const cases = Object.entries(parts).flatMap(([part, [more, neededBy]]) =>
  Object.keys(words).map((command) => ({ part, more, command, isNeeded: neededBy.includes(command) })),
);

test.each(cases)(
  '$command, with a variable that is not set in $part: needed $isNeeded',
  ({ more, command, isNeeded }) =>
    inFolder(async (folder) => {
      await writeGold(folder, 1);
      await mkdir(path.join(folder, 'reports'));
      await writeFile(path.join(folder, 'flipgate.yaml'), JSON.stringify({ ...whole, ...more }));
      const ended = await run(folder, words[command]!, {
        environment: { FLIPGATE_CACHE: path.join(folder, 'c') },
      });
      expect(ended.err().includes('environment variable "NOT_SET" is not set')).toBe(isNeeded);
    }),
);

test('what is not used is taken out whole, and what is beside it stays', () =>
  inFolder(async (folder) => {
    const green = { ...arm, headers: { a: '${NOT_SET}', b: 'known' } };
    await writeFile(
      path.join(folder, 'flipgate.yaml'),
      JSON.stringify({ ...whole, arms: { blue: arm, green }, serve: { token: '${NOT_SET}', port: 1 } }),
    );
    const around = { workingDirectory: folder, environment: {} };
    const config = await loadConfig({}, around, { unused: unusedBy.judging });
    expect(config.serve).toMatchObject({ port: 9464 });
    expect(config.serve.token).toBeUndefined();
    expect(config.arms.get('green')).toMatchObject({ url: arm.url, pins: arm.pins });
    expect(JSON.stringify([...config.arms])).not.toMatch(/NOT_SET|known/u);
    await expect(loadConfig({}, around)).rejects.toThrow('"NOT_SET" is not set');
  }));

test('a variable that is set is filled in everywhere, and is a secret', () =>
  inFolder(async (folder) => {
    const secret = 'correct-horse-battery';
    await writeFile(path.join(folder, 'flipgate.yaml'), JSON.stringify({ serve: { token: '${SET}' } }));
    const around = { workingDirectory: folder, environment: { SET: secret } };
    const config = await loadConfig({}, around, { unused: unusedBy.judging });
    expect([config.serve.token, config.secrets.includes(secret)]).toEqual([secret, true]);
  }));
