import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { inFolder } from '../../support/cli.ts';
import { plantLock, pidOfTheDead } from '../../support/locks.ts';

const contender = fileURLToPath(new URL('../../support/lock-contender.ts', import.meta.url));
const [processes, rounds] = [6, 40];

async function answerTo(child: ChildProcess, message: object): Promise<string> {
  const answer = once(child, 'message') as Promise<[string]>; // what lock-contender.ts sends
  child.send(message);
  return (await answer)[0];
}

test(
  `of ${processes} processes that meet a stale lock exactly one gets it, ${rounds} times`,
  () =>
    inFolder(async (folder) => {
      const children = Array.from({ length: processes }, () =>
        fork(contender, { execArgv: ['--import', 'tsx'] }),
      );
      try {
        await Promise.all(children.map((child) => once(child, 'message')));
        const pid = await pidOfTheDead();
        const holders: number[] = [];
        for (let round = 0; round < rounds; round += 1) {
          const place = path.join(folder, String(round));
          await mkdir(place);
          await plantLock(path.join(place, 'lock'), { pid });
          const answers = await Promise.all(
            children.map((child) => answerTo(child, { take: path.join(place, 'lock') })),
          );
          holders.push(answers.filter((answer) => answer === 'held').length);
          await Promise.all(children.map((child) => answerTo(child, {})));
          expect(await readdir(place)).toEqual([]);
        }
        expect(holders).toEqual(Array.from({ length: rounds }, () => 1));
      } finally {
        for (const child of children) child.kill('SIGKILL');
      }
    }),
  60_000,
);
