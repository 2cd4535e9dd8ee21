import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { run } from '../support/world.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const inFolders = ['docs', 'examples'].flatMap((folder) =>
  readdirSync(path.join(root, folder), { recursive: true, encoding: 'utf8' }).map((name) =>
    path.join(folder, name),
  ),
);
const pages = [...inFolders, 'README.md', 'CONTRIBUTING.md', 'SECURITY.md']
  .filter((name) => name.endsWith('.md'))
  .toSorted();
const read = (page: string): string => readFileSync(path.join(root, page), 'utf8');

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(page: string): readonly string[] {
  return [...read(page).matchAll(/^#+ (.*)$/gmu)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** What is wrong with the links of a page to files here. */
function brokenLinks(page: string): readonly string[] {
  const links = [...read(page).matchAll(/\]\(([^()\s]+)\)/gu)]
    .map(([, link = '']) => link)
    .filter((link) => !/^[a-z]+:/u.test(link));
  return links.filter((link) => {
    const [file = '', anchor] = link.split('#');
    const target = file === '' ? page : path.join(path.dirname(page), file);
    return (
      !existsSync(path.join(root, target)) || (anchor !== undefined && !anchorsOf(target).includes(anchor))
    );
  });
}

test.each(pages)('every link in %s leads somewhere', (page) => {
  expect(brokenLinks(page)).toEqual([]);
});

test('every kit has its page, and the list of readers links to each', () => {
  const kits = readdirSync(path.join(root, 'examples/consumers')).toSorted();
  const listed = [
    ...read('docs/consumers/README.md').matchAll(/\.\.\/\.\.\/examples\/consumers\/([\w-]+)\/README\.md/gu),
  ];
  expect([...new Set(listed.map(([, kit = '']) => kit))].toSorted()).toEqual(kits);
  expect(kits.filter((kit) => !pages.includes(`examples/consumers/${kit}/README.md`))).toEqual([]);
});

interface Written {
  readonly page: string;
  /** As it stands there, from the command on. */
  readonly line: string;
}

/** The commands that the pages tell to run: in code, inline or in a block. */
const written: readonly Written[] = pages.flatMap((page) => {
  const code = [...read(page).matchAll(/^ *```\w*\n([^]*?)^ *```$|`([^`\n]+)`/gmu)].map(
    ([, block, inline]) => block ?? inline ?? '',
  );
  return code.flatMap((text) =>
    [...text.matchAll(/(?:^|[\s'"(])flipgate(?:@[\d.]+)? ([a-z][^\n`#|&;)]*)/gu)].map(([, line = '']) => ({
      page,
      line: line.trim(),
    })),
  );
});
const notCommands = new Set(['in', 'serves', 'runs,', 'on']);

async function helpOf(words: readonly string[]): Promise<string> {
  return (await run(root, [...words, '--help'])).out();
}

describe('every command that a page tells to run', () => {
  test('exists, with its flags', async () => {
    const commands = new Set(
      [...(await helpOf([])).matchAll(/^ {2}([a-z]+) /gmu)].map(([, name = '']) => name),
    );
    const helps = new Map<string, string>();
    const wrong: string[] = [];
    for (const { page, line } of written.filter((one) => !notCommands.has(one.line.split(' ')[0] ?? ''))) {
      const [command = '', second = '', ...rest] = line.split(/\s+/u);
      if (!commands.has(command)) wrong.push(`${page}: flipgate ${command}`);
      else {
        const key =
          /^[a-z]+$/u.test(second) &&
          (helps.get(command) ?? (await helpOf([command]))).includes(`\n  ${second} `);
        const words = key ? [command, second] : [command];
        const help = helps.get(words.join(' ')) ?? (await helpOf(words));
        helps.set(words.join(' '), help);
        const flags = [second, ...rest]
          .filter((word) => word.startsWith('--'))
          .map((word) => word.replace(/[=,.…].*$/u, ''));
        wrong.push(
          ...flags
            .filter((flag) => !help.includes(`${flag} `))
            .map((flag) => `${page}: flipgate ${words.join(' ')} ${flag}`),
        );
      }
    }
    expect(written.length).toBeGreaterThan(40);
    expect([...new Set(wrong)]).toEqual([]);
  });
});

test('the page about the architecture fits on a screen and names only what there is', () => {
  const page = read('docs/architecture.md');
  const named = [...page.matchAll(/`((?:[a-z-]+\/)+[a-z-]*(?:\.test)?(?:\.ts)?)`/gu)].map(
    ([, name = '']) => name,
  );
  const isThere = (name: string): boolean =>
    ['src', '.'].some((folder) => existsSync(path.join(root, folder, name)));
  expect(named.length).toBeGreaterThan(30);
  expect(named.filter((name) => !isThere(name))).toEqual([]);
  expect(page.split('\n').length).toBeLessThanOrEqual(100);
});
