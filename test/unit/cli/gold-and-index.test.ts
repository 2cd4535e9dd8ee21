import { mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readIndex } from '../../../src/arms/index/format.ts';
import { exitCodes, type ExitCode } from '../../../src/base/errors.ts';
import type { World } from '../../../src/base/world.ts';
import type { CommandFactory } from '../../../src/cli/command.ts';
import { goldCommand } from '../../../src/cli/gold/command.ts';
import { indexCommand } from '../../../src/cli/index-build/command.ts';
import { testBuild } from '../../support/built.ts';
import { copyOfGoodSet } from '../gold/small-sets.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'flipgate-commands-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

interface Ran {
  readonly code: ExitCode | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(factory: CommandFactory, ...flags: readonly string[]): Promise<Ran> {
  const out = { stdout: '', stderr: '' };
  const sink = (name: 'stdout' | 'stderr'): World['stdout'] => ({
    write: (text) => void (out[name] += text),
    isTerminal: false,
    columns: 100,
  });
  const world: World = {
    arguments: flags,
    environment: { XDG_CACHE_HOME: path.join(folder, 'cache') },
    workingDirectory: folder,
    stdout: sink('stdout'),
    stderr: sink('stderr'),
    clock: { now: () => 0, monotonic: () => 0 },
    build: testBuild,
    onInterrupt: () => () => undefined,
    onHangup: () => () => undefined,
  };
  let code: ExitCode | undefined;
  await factory(world, (finished) => (code = finished))
    .exitOverride()
    .parseAsync([...flags], { from: 'user' });
  return { code, ...out };
}

describe('index build', () => {
  async function documents(): Promise<void> {
    await mkdir(path.join(folder, 'docs/sub'), { recursive: true });
    await writeFile(path.join(folder, 'docs/b.md'), '# B\n\nA flip moves all traffic.\n');
    await writeFile(path.join(folder, 'docs/sub/a.txt'), '\uFEFFA rollback moves it back.\n');
    await writeFile(path.join(folder, 'docs/.hidden.md'), 'hidden');
    await writeFile(path.join(folder, 'docs/gold.jsonl'), '{}\n');
    await writeFile(path.join(folder, 'outside.md'), 'outside');
    await symlink(path.join(folder, 'outside.md'), path.join(folder, 'docs/link.md'));
  }

  test('documents become an index that reads back; hidden files, gold files and links out of the folder do not', async () => {
    await documents();
    const { code, stdout } = await run(indexCommand, 'build', '--from', 'docs', '--out', 'docs_vB');
    const index = await readIndex(path.join(folder, 'docs_vB'));
    expect(code).toBe(exitCodes.pass);
    expect(
      index.chunks.map(({ source_url, section_id, offsets }) => [source_url, section_id, offsets]),
    ).toEqual([
      ['docs/b.md', 'b', [5, 30]],
      ['docs/sub/a.txt', 'a', [0, 25]],
    ]);
    expect(index.vectors?.map((vector) => vector.length)).toEqual([384, 384]);
    expect(stdout).toContain(index.header?.index_hash);
  });

  test('the same input gives the same bytes', async () => {
    await documents();
    await run(indexCommand, 'build', '--from', 'docs', '--out', 'one');
    await run(indexCommand, 'build', '--from', 'docs', '--out', 'two');
    for (const name of await readdir(path.join(folder, 'one'))) {
      expect(await readFile(path.join(folder, 'two', name))).toEqual(
        await readFile(path.join(folder, 'one', name)),
      );
    }
  });

  test('an index is replaced with --force only, and another folder never', async () => {
    await documents();
    await run(indexCommand, 'build', '--from', 'docs', '--out', 'index');
    await expect(run(indexCommand, 'build', '--from', 'docs', '--out', 'index')).rejects.toThrow(
      '"index" is there already',
    );
    expect(
      (
        await run(
          indexCommand,
          'build',
          '--from',
          'docs',
          '--out',
          'index',
          '--source-prefix',
          'kb',
          '--force',
        )
      ).code,
    ).toBe(exitCodes.pass);
    expect((await readIndex(path.join(folder, 'index'))).chunks[0]?.source_url).toBe('kb/b.md');
    await expect(run(indexCommand, 'build', '--from', 'docs', '--out', 'docs', '--force')).rejects.toThrow(
      '"docs" is there already and is not an index',
    );
    expect(await readFile(path.join(folder, 'docs/b.md'), 'utf8')).toContain('A flip');
    expect((await readdir(folder)).filter((name) => name.includes('.tmp'))).toEqual([]);
  });

  test('a folder without documents, and none at all, are errors', async () => {
    await mkdir(path.join(folder, 'empty'));
    await expect(run(indexCommand, 'build', '--from', 'empty', '--out', 'x')).rejects.toThrow(
      '"empty" has no .md or .txt file',
    );
    await expect(run(indexCommand, 'build', '--from', 'nowhere', '--out', 'x')).rejects.toThrow(
      'does not exist',
    );
    expect(await readdir(folder)).toEqual(['empty']);
  });
});

describe('gold', () => {
  beforeEach(() => copyOfGoodSet(path.join(folder, 'set')));

  test('hash prints the identity alone', async () => {
    const { code, stdout } = await run(goldCommand, 'hash', 'set');
    expect([code, stdout]).toEqual([exitCodes.pass, expect.stringMatching(/^[\da-f]{64}\n$/u)]);
  });

  test('lint exits 1 with an error and counts what it found, as JSON too', async () => {
    const plain = await run(goldCommand, 'lint', 'set');
    expect(plain.code).toBe(exitCodes.fail);
    expect(plain.stdout).toContain('too_few_questions');
    const json = JSON.parse((await run(goldCommand, 'lint', 'set', '--json')).stdout) as {
      questions: number;
      errors: number;
      findings: unknown[];
    };
    expect(json.questions).toBe(3);
    expect(json.findings.length).toBeGreaterThanOrEqual(json.errors);
  });

  test('calibrate tells the distances of the questions to their own anchors, and a limit, as JSON too', async () => {
    const { code, stdout } = await run(goldCommand, 'calibrate', 'set');
    expect([code, stdout]).toEqual([
      exitCodes.pass,
      expect.stringMatching(/^ΔS question–own anchor +mean 0\.\d/u),
    ]);
    const json = JSON.parse((await run(goldCommand, 'calibrate', 'set', '--json')).stdout) as object;
    expect(json).toMatchObject({
      gold: expect.stringMatching(/^[\da-f]{64}$/u) as string,
      limit: expect.any(Number) as number,
      question_anchor: { n: expect.any(Number) as number },
    });
  });

  test('export tells whether the identity stayed', async () => {
    const kept = await run(goldCommand, 'export', 'set', '--out', 'gold_3.json');
    expect(kept.stdout).toContain('identity unchanged');
    expect(kept.stderr).toContain('1 anchors have no text of their own');
    expect((await run(goldCommand, 'export', 'set', '--out', 'alone.yaml', '--resolve')).stdout).toContain(
      'new identity',
    );
  });

  test('import says what is missing and how to go on', async () => {
    await writeFile(path.join(folder, 'set.csv'), 'id,question\nQ_1,What?\n');
    const { code, stdout, stderr } = await run(goldCommand, 'import', 'set.csv', '--out', 'new/gold.jsonl');
    expect([code, stdout]).toEqual([
      exitCodes.pass,
      'new/gold.jsonl: 1 questions from csv\nnext: flipgate gold lint new/gold.jsonl\n',
    ]);
    expect(stderr).toContain('1 questions have fewer than 3 paraphrases');
  });

  test('a set that is not there is a usage error', async () => {
    await expect(run(goldCommand, 'lint', 'nowhere')).rejects.toMatchObject({
      exitCode: exitCodes.usage,
      message: expect.stringContaining('there is nothing at this path') as string,
    });
  });
});
