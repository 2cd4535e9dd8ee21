import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { forgeryKit, type History } from '../support/forgeries/kit.ts';
import { ways, type Way } from '../support/forgeries/ways.ts';
import { askForgery, forgeryReaders, type Answers } from '../support/forgeries/readers.ts';

/** Somebody can write the store and has no key: who is taken in, with keys and without? The table of SECURITY.md is this one. */
const forgery = forgeryKit();
const found = new Map<string, { readonly signed: Answers; readonly unsigned: Answers }>();

async function tried({ from, forge, ahead = 0, lookedAhead }: Way, history: History): Promise<Answers> {
  const folder = await mkdtemp(path.join(tmpdir(), 'flipgate-forgery-'));
  try {
    await cp(history[from], folder, { recursive: true });
    const store = path.join(folder, 'reports');
    // Who reads has read before; else nothing could be told from a copy of before.
    await forgery.commands.start(folder, ['report', '--format', 'json'], lookedAhead ?? 0).finished;
    await forge({ store, history, kit: forgery.kit });
    return await askForgery({ folder, commands: forgery.commands, ahead });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const timeout = 240_000;

describe('whoever can write the store and has no key forges', { timeout }, () => {
  test.each(ways)('$what', async (way) => {
    const signed = await tried(way, forgery.kit.signed);
    found.set(way.what, { signed, unsigned: await tried(way, forgery.kit.unsigned) });
    const nobody = Object.fromEntries(forgeryReaders.map((reader) => [reader, false]));
    expect(signed).toEqual(nobody);
  });

  test('and the table of SECURITY.md says who is taken in', async () => {
    const file = fileURLToPath(new URL('../../SECURITY.md', import.meta.url));
    const text = await readFile(file, 'utf8');
    const [begin, end] = ['<!-- forgeries -->', '<!-- end of forgeries -->'];
    const [before = '', rest = ''] = text.split(begin);
    const whole = `${before}${begin}\n\n${tableOf()}\n\n${end}${rest.split(end)[1] ?? ''}`;
    if (process.env['UPDATE_DOCS'] === '1') await writeFile(file, whole);
    else expect(text).toBe(whole);
  });
});

function tableOf(): string {
  const rows = ways.map(({ what }) => {
    const answers = found.get(what);
    const without = forgeryReaders.map((reader) => (answers?.unsigned[reader] === true ? '**pass**' : '–'));
    const held = forgeryReaders.every((reader) => answers?.signed[reader] === false);
    return [what, ...without, held ? 'all refuse' : '**pass**'];
  });
  const head = [
    'what is forged',
    ...forgeryReaders.map((reader) => `\`${reader}\``),
    'with `signing.require`',
  ];
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
