import { readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { basename, dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../src', import.meta.url));

/** Folders and top-level files, lowest level first: a file may import from its own folder and from lower levels. */
const levels: readonly (readonly string[])[] = [
  ['base'],
  ['text'],
  ['plan'],
  ['scoring'],
  ['statistics'],
  ['gates'],
  ['arms', 'embed', 'gold', 'store', 'pointers'],
  ['asking', 'reports'],
  ['exporter'],
  ['config', 'demo'],
  ['app'],
  ['cli'],
  ['main.ts'],
  ['built.ts'],
  ['process-world.ts'],
  ['cli.ts', 'wfgy-eval.ts', 'index.ts'],
];
const entries = ['cli.ts', 'process-world.ts', 'wfgy-eval.ts'];

/** Files and folders in a folder; twenty or fewer is the aim. */
const maxEntries = 24;

/** Loaded only by the command that needs them, so that `flipgate --help` starts at once. */
const heavy =
  /^(undici|openai|csv-parse|yaml|cli-table3|prom-client|hono|@hono\/.*|@huggingface\/transformers|@opentelemetry\/.*)(\/|$)/;

const bannedWords = new Set([
  'util',
  'utils',
  'helper',
  'helpers',
  'common',
  'manager',
  'data',
  'info',
  'handle',
  'handler',
  'handlers',
]);

/** What a process cannot change while it runs, and what only measures it. */
const harmlessProcess = new Set(['arch', 'memoryUsage', 'pid', 'platform', 'version', 'versions']);
/** Files beside the entries that touch more of the process, each with its reason. */
const processUse: Readonly<Record<string, readonly string[]>> = {
  'config/find.ts': ['getuid'], // a configuration above this folder counts only when it is the user's own
  'arms/command/program.ts': ['on', 'off', 'kill'], // its program must not outlive this process, nor keep its process group
  'demo/service-main.ts': ['once', 'exit', 'env', 'send'], // the entry of a process of its own
  'embed/optimised-model.ts': ['argv', 'exit', 'execPath'], // the text of a program for another process, and the way to start it
  'app/rollback/left-over.ts': ['kill'], // so does one that a dead process has left behind
  'pointers/run-program.ts': ['kill'], // a program that takes too long goes with everything it started
  'store/lock-holder.ts': ['kill'], // signal 0 asks whether the holder of a lock still lives
};

/** The files that read a clock; everything else is given one. */
const clockReaders = [
  'process-world.ts',
  'demo/service-main.ts', // the entry of a process of its own
  'reports/html/client/main.ts', // runs in a browser
];
const clockWords =
  /\bDate\.now\b|\bnew Date\(\s*\)|\bDate\(\)|\bperformance\b|\bperf_hooks\b|\bhrtime\b|\.uptime\(/;

interface Import {
  readonly target: string;
  readonly typeOnly: boolean;
  readonly dynamic: boolean;
}

interface SourceFile {
  readonly name: string;
  readonly text: string;
  /** Without comments. */
  readonly code: string;
  readonly imports: readonly Import[];
}

const files: readonly SourceFile[] = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => read(name.split(sep).join('/')))
  .sort((a, b) => (a.name < b.name ? -1 : 1));
const byName = new Map(files.map((file) => [file.name, file]));

function read(name: string): SourceFile {
  const text = readFileSync(join(root, name), 'utf8');
  const code = text.replaceAll(/^\s*\/\*[\s\S]*?\*\/|^\s*\/\/.*$|\s\/\/\s.*$/gm, '');
  return { name, text, code, imports: importsOf(name, code) };
}

function importsOf(name: string, code: string): readonly Import[] {
  const statements = [
    ...code.matchAll(/^(?:import|export)\s+(type\s+)?(?:[\w*{][^;'"]*?\sfrom\s+)?['"]([^'"]+)['"]/gm),
  ];
  const dynamic = [...code.matchAll(/\bimport\(\s*['"]([^'"]+)['"]\s*\)/g)];
  return [
    ...statements.map(([, type, target]) => ({
      target: resolve(name, target!),
      typeOnly: type !== undefined,
      dynamic: false,
    })),
    ...dynamic.map(([, target]) => ({ target: resolve(name, target!), typeOnly: false, dynamic: true })),
  ];
}

function resolve(from: string, target: string): string {
  return target.startsWith('.')
    ? relative(root, join(root, from, '..', target))
        .split(sep)
        .join('/')
    : target;
}

function areaOf(name: string): string {
  return name.split('/')[0]!;
}

function levelOf(name: string): number {
  return levels.findIndex((areas) => areas.includes(areaOf(name)));
}

function ourImports(file: SourceFile): readonly Import[] {
  return file.imports.filter(({ target }) => byName.has(target));
}

/** The first import cycle met on the way down from `name`, imports for a type alone included: what two files need stands in a third. */
function cycleFrom(name: string, path: readonly string[], done: Set<string>): readonly string[] | undefined {
  if (path.includes(name)) return [...path.slice(path.indexOf(name)), name];
  if (done.has(name)) return undefined;
  done.add(name);
  const targets = new Set(ourImports(byName.get(name)!).map(({ target }) => target));
  for (const target of targets) {
    const cycle = cycleFrom(target, [...path, name], done);
    if (cycle) return cycle;
  }
  return undefined;
}

/** Code without what stands in its texts: words are no use of what they name. What a template fills in stays. */
function withoutTexts(code: string): string {
  return code
    .replaceAll(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/g, "''")
    .replaceAll(/`(?:[^`\\]|\\.)*`/g, (template) => (template.match(/\$\{[^}]*\}/g) ?? []).join(' '));
}

/** What of the process a file touches; `(whole)` where it passes the process on, takes it apart, or reaches it by another way. */
function processMembers(code: string): readonly string[] {
  const bare = withoutTexts(code);
  const uses = [...bare.matchAll(/(?<![\w$]|[^.]\.(?=process))process\b(?!\s*[:(]|-)(?:\s*\??\.\s*(\w+))?/g)];
  return [
    ...uses.map(([, member]) => member ?? '(whole)'),
    ...(/\bglobalThis\b/.test(bare) ? ['(whole)'] : []),
  ];
}

/** Everything that is loaded before `name` runs its first line. */
function loadedBy(name: string, seen: Set<string> = new Set()): Set<string> {
  if (seen.has(name)) return seen;
  seen.add(name);
  const now = byName.get(name)?.imports.filter(({ typeOnly, dynamic }) => !typeOnly && !dynamic) ?? [];
  for (const { target } of now) loadedBy(target, seen);
  return seen;
}

describe('the source tree', () => {
  test('has files, each in a known folder', () => {
    expect(files.length).toBeGreaterThan(0);
    expect(files.map(({ name }) => name).filter((name) => levelOf(name) < 0)).toEqual([]);
  });

  test('imports point down only', () => {
    const upward = files.flatMap((file) =>
      ourImports(file)
        .filter(({ target }) => areaOf(target) !== areaOf(file.name) && levelOf(target) >= levelOf(file.name))
        .map(({ target }) => `${file.name} imports ${target}`),
    );
    expect(upward).toEqual([]);
  });

  test('every relative import names a file that is there', () => {
    const missing = files.flatMap((file) =>
      file.imports
        .filter(({ target }) => target.endsWith('.ts') && !byName.has(target))
        .map(({ target }) => `${file.name} imports ${target}`),
    );
    expect(missing).toEqual([]);
  });

  test('has no folder in which nothing is found any more', () => {
    const found = readdirSync(root, { recursive: true, encoding: 'utf8' });
    const sizes = new Map<string, number>();
    for (const name of found) sizes.set(dirname(name), (sizes.get(dirname(name)) ?? 0) + 1);
    expect([...sizes].filter(([, size]) => size > maxEntries)).toEqual([]);
  });

  test('gives no two exported types the same name', () => {
    const places = new Map<string, string[]>();
    for (const { name, code } of files)
      for (const [, type] of code.matchAll(/^export (?:abstract )?(?:interface|type|class) (\w+)/gm))
        places.set(type!, [...(places.get(type!) ?? []), name]);
    expect([...places].filter(([, names]) => names.length > 1)).toEqual([]);
  });

  test('has no import cycle', () => {
    const done = new Set<string>();
    const cycles = files.map(({ name }) => cycleFrom(name, [], done)?.join(' → '));
    expect(cycles.filter((cycle) => cycle !== undefined)).toEqual([]);
  });

  test('only the world reads a clock', () => {
    const readers = files.filter(({ code }) => clockWords.test(withoutTexts(code)));
    expect(readers.map(({ name }) => name).filter((name) => !clockReaders.includes(name))).toEqual([]);
  });

  test('joins no signal with a time limit that nothing else holds: it is collected, and never ends anything', () => {
    const joined = /AbortSignal\.any\([^;]*AbortSignal\.timeout/u;
    expect(files.filter(({ text }) => joined.test(text)).map(({ name }) => name)).toEqual([]);
  });

  test('what is pure reads no file and no chance', () => {
    const impure = files
      .filter(({ name }) => ['text', 'plan', 'scoring', 'statistics', 'gates'].includes(areaOf(name)))
      .filter(({ code, imports }) => /Math\.random/.test(code) || imports.some(isBuiltin));
    expect(impure.map(({ name }) => name)).toEqual([]);
  });

  test('the entries load no heavy library before a command asks for it', () => {
    const early = entries
      .filter((entry) => byName.has(entry))
      .flatMap((entry) =>
        [...loadedBy(entry)]
          .filter((target) => heavy.test(target))
          .map((target) => `${entry} loads ${target}`),
      );
    expect(early).toEqual([]);
  });

  test.each([
    ['const all = { ...process.env };', ['env']],
    ['const { env } = process;', ['(whole)']],
    ["const home = process['env'].HOME;", ['(whole)']],
    ['const home = process?.env.HOME;', ['env']],
    ['start(process)', ['(whole)']],
    ['globalThis.process.exit(1)', ['(whole)']],
    ['const text = `${process.argv[1]}`;', ['argv']],
    ["const text = 'a process.env of its own';", []],
    ['child.process.kill(); const row = { process: 1 };', []],
  ])('sees what of the process is touched in %s', (code, members) => {
    expect(processMembers(code)).toEqual(members);
  });

  test('only the entries touch the process', () => {
    const touching = files
      .filter(({ name }) => !entries.includes(name))
      .flatMap(({ name, code, imports }) => [
        ...processMembers(code)
          .filter((member) => !harmlessProcess.has(member) && !processUse[name]?.includes(member))
          .map((member) => `${name}: process.${member}`),
        ...imports
          .filter(({ target }) => /^(node:)?process$/.test(target))
          .map(({ target }) => `${name} imports ${target}`),
      ]);
    expect(touching).toEqual([]);
  });
});

describe('every file', () => {
  test('reads nothing that is built: what runs from the sources runs without a build', () => {
    expect(
      files.filter(({ code }) => /\.\.\/dist\b|(['"`])dist\1/.test(code)).map(({ name }) => name),
    ).toEqual([]);
  });

  test('has at most 200 lines', () => {
    expect(files.filter(({ text }) => text.split('\n').length > 201).map(({ name }) => name)).toEqual([]);
  });

  test('has a kebab-case name that says something', () => {
    const badlyNamed = files.filter(({ name }) => {
      const stem = basename(name, '.ts');
      return !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(stem) || stem.split('-').some((word) => bannedWords.has(word));
    });
    expect(badlyNamed.map(({ name }) => name)).toEqual([]);
  });

  test('has no default export', () => {
    expect(
      files.filter(({ code }) => /^export\s+default\b|\bas\s+default\b/m.test(code)).map(({ name }) => name),
    ).toEqual([]);
  });
});

function isBuiltin({ target }: Import): boolean {
  return target.startsWith('node:') || builtinModules.includes(target);
}
