import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCommands, type Commands } from '../support/validity/commands.ts';
import { changes } from '../support/validity/changes.ts';
import { harmless } from '../support/validity/harmless.ts';
import { makeKit, type Kit } from '../support/validity/kit.ts';
import { askCommands, askServer, readers, verdictAt, type Said } from '../support/validity/readers.ts';
import { reset, untilLooked, untilSeen, type Case, type Site } from '../support/validity/site.ts';
import { servingForAll, type Serving } from '../support/serving.ts';

/** What happens to a store, its configuration and its gold set, and what everybody who tells a verdict says then. */
let kit: Kit;
const lanes: Lane[] = [];
const waiting: ((lane: Lane) => void)[] = [];

/** A folder with a server beside it, in which one case is tried after the other. */
interface Lane {
  readonly folder: string;
  readonly serving: Serving;
  readonly commands: Commands;
}

beforeAll(async () => {
  kit = await makeKit();
  for (let lane = 0; lane < 2; lane += 1) {
    const folder = await mkdtemp(path.join(tmpdir(), 'flipgate-validity-lane-'));
    await cp(kit.origin, folder, { recursive: true });
    lanes.push({ folder, serving: await servingForAll(folder), commands: openCommands() });
  }
}, 120_000);

afterAll(async () => {
  for (const { folder, serving, commands } of lanes) {
    commands.close();
    await serving.stop();
    await rm(folder, { recursive: true });
  }
  await kit.close();
});

async function inLane<Value>(use: (lane: Lane) => Promise<Value>): Promise<Value> {
  const lane = lanes.pop() ?? (await new Promise<Lane>((resolve) => waiting.push(resolve)));
  try {
    return await use(lane);
  } finally {
    const next = waiting.shift();
    if (next === undefined) lanes.push(lane);
    else next(lane);
  }
}

/** A case waits for its turn. */
const timeout = 600_000;
/** In which a server has to have seen a change, on the busiest machine. */
const patienceMilliseconds = 20_000;
const acceptance = { gate: 'acceptance', arm: 'green' };

/** Makes the change in a folder in which Green passed, and asks everybody. */
function tried(one: Case, isHarmless: boolean): Promise<Said> {
  return inLane(async ({ folder, serving, commands }) => {
    await reset(folder, kit.origin);
    const first = { about: acceptance, url: serving.url };
    // What the case before has left may still be read.
    await untilLooked(serving.url, path.join(folder, 'reports'));
    await untilSeen(async () => (await verdictAt(first)) === 'pass');
    const undo: (() => Promise<unknown> | void)[] = [];
    const store = path.join(folder, 'reports');
    const site: Site = { folder, store, kit, commands, after: (what) => undo.push(what) };
    try {
      await one.change(site);
      const { about = acceptance, ahead = 0 } = one;
      const url = await serverFor(one, site, serving);
      // Of what changes nothing, nothing but a later look says that it was seen.
      if (isHarmless || one.judgesFirst === true) await untilLooked(url, store);
      // One that never comes to say so is told by what it says.
      const limit = performance.now() + patienceMilliseconds;
      await untilSeen(async () => {
        const verdict = await verdictAt({ url, about });
        return (verdict === 'pass') === isHarmless || performance.now() > limit;
      });
      return {
        ...(await askServer({ url, about })),
        ...(await askCommands({ folder, url, about, kit, commands, ahead })),
      };
    } finally {
      for (const what of undo.toReversed()) await what();
    }
  });
}

/** A server's clock is the machine's; of a configuration that changes nothing, only one that has started with it is sure to have read it. */
async function serverFor(one: Case, { folder, commands, after }: Site, serving: Serving): Promise<string> {
  if (one.startsServer !== true && one.ahead === undefined) return serving.url;
  const own = commands.start(folder, ['serve', '--port', '0'], one.ahead);
  const [, url = ''] = await own.says(/ at (http:\S+)\n/u);
  after(async () => {
    own.interrupt();
    await own.finished;
  });
  return url;
}

/** Compared is who says pass; what else they say stands beside it in the message. */
function passing(said: Said): Record<string, string> {
  return Object.fromEntries(
    readers.map((reader) => [reader, said[reader]?.startsWith('pass') === true ? 'pass' : 'not pass']),
  );
}

function expected({ except = {} }: Case, otherwise: 'pass' | 'not pass'): Record<string, string> {
  const said = readers.map((reader) => [reader, reader === 'compare' ? 'not pass' : otherwise] as const);
  return { ...Object.fromEntries(said), ...except };
}

describe.concurrent('nobody says that Green passes when', { timeout }, () => {
  test.each(changes)('$what', async (one) => {
    const said = await tried(one, false);
    expect(passing(said), JSON.stringify(said)).toEqual(expected(one, 'not pass'));
  });
});

describe.concurrent('everybody says that Green passes when', { timeout }, () => {
  test.each(harmless)('$what', async (one) => {
    const said = await tried(one, true);
    expect(passing(said), JSON.stringify(said)).toEqual(expected(one, 'pass'));
  });
});
