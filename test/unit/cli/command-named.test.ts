import { expect, test } from 'vitest';
import { commandNamed } from '../../../src/cli/command-named.ts';
import { commands } from '../../../src/cli/commands.ts';
import { inFolder } from '../../support/cli.ts';
import { run } from '../../support/world.ts';

test.each<[words: readonly string[], named: string | undefined]>([
  [['run', '--arm', 'demo'], 'run'],
  [['report', 'gate'], 'report'],
  [['--', 'run'], 'run'],
  [['help', 'gate'], 'gate'],
  [['--help', 'gate'], 'gate'],
  [['help'], undefined],
  [['--version'], undefined],
  [[], undefined],
])('%j names %s', (words, named) => {
  expect(commandNamed(words)).toBe(named);
});

test('every command shows its own flags, and with another name among its words still its own', () =>
  inFolder(async (folder) => {
    for (const { name } of commands) {
      const help = await run(folder, [name, '--help']);
      expect([help.code, help.out()]).toEqual([0, expect.stringContaining(`Usage: flipgate ${name}`)]);
      expect((await run(folder, ['help', name])).out()).toBe(help.out());
    }
    const ended = await run(folder, ['compare', 'run', 'gate', '--no-such-flag']);
    expect(ended.err()).toContain("unknown option '--no-such-flag'");
  }));

test.each(['flip', 'pointer', 'promote', 'rollback', 'status', 'switch', 'watch'].filter(isNoCommand))(
  'what people look for and is not there says how it is done today: %s',
  (name) =>
    inFolder(async (folder) => {
      const { code, out, err } = await run(folder, [name, '--any-flag']);
      expect([code, out()]).toEqual([2, '']);
      expect(err()).toMatch(new RegExp(`^error: "${name}" is not in this version\nhint: today: \\S`, 'u'));
    }),
);

function isNoCommand(name: string): boolean {
  return commands.every((command) => command.name !== name);
}
