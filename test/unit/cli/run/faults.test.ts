import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { healthy, send, startArm, type ArmServer } from '../../../support/arm-server.ts';
import { inFolder, writeGold } from '../../../support/cli.ts';
import { run, type Ended } from '../../../support/world.ts';

const servers: ArmServer[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

async function arm(): Promise<ArmServer> {
  const server = await startArm();
  servers.push(server);
  return server;
}

/** A port at which nobody listens. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // listens on a port
  server.close();
  await once(server, 'close');
  return port;
}

async function ask(folder: string, questions: number, ...words: readonly string[]): Promise<Ended> {
  await writeGold(folder, questions);
  return run(folder, ['run', '--gold', 'gold.jsonl', '--no-scores', ...words]);
}

test('with both arms down the end says which, why, and how often in a row', () =>
  inFolder(async (folder) => {
    const port = await closedPort();
    const url = `http://127.0.0.1:${port}/ask`;
    const words = ['--blue', url, '--green', url, '--concurrency', '1'];
    const ended = await ask(folder, 4, ...words);
    expect(ended.code).toBe(4);
    for (const name of ['blue', 'green'])
      expect(ended.out()).toContain(`faults, ${name}: 20 in a row, aborted`);
    expect(ended.out()).toContain(
      `network  20 ×  first: connection refused at 127.0.0.1:${port} (ECONNREFUSED)`,
    );
    expect(ended.out()).toContain('next: when blue and green can be reached: flipgate run --resume ');
  }));

test('an arm that answers not one call ends a run with 4, whatever the other does', () =>
  inFolder(async (folder) => {
    const [blue, green] = [await arm(), await arm()];
    green.respond = (_, response) => send(response, 422, { detail: 'no' });
    const words = ['--blue', blue.url, '--green', green.url];
    const ended = await ask(folder, 1, ...words);
    expect(ended.code).toBe(4);
    expect(ended.out()).toContain('status  8 ×  first: HTTP status 422');
    expect(ended.out()).not.toContain('faults, blue');
    expect(ended.out()).toContain('not one call of green was answered: flipgate check --arm green');
    const asJson = await ask(folder, 1, ...words, '--json');
    expect([asJson.code, (JSON.parse(asJson.out()) as { faults: unknown }).faults]).toEqual([
      4,
      [{ arm: 'green', outcome: 'status', count: 8, first: 'HTTP status 422' }],
    ]);
  }));

test('faults beside answers are named by kind, the most frequent first, and end with 0', () =>
  inFolder(async (folder) => {
    const blue = await arm();
    let count = 0;
    blue.respond = (request, response) => {
      count += 1;
      if (count === 1) response.end('"outcome":"ok"');
      else if (count < 5) send(response, 500 + count, {});
      else send(response, 200, healthy(blue, request));
    };
    const ended = await ask(folder, 1, '--blue', blue.url, '--concurrency', '1');
    expect(ended.code).toBe(0);
    expect(ended.out()).toMatch(
      /faults, blue\n {2}status +3 × +first: HTTP status 502\n {2}shape +1 × +the response is \S/u,
    );
  }));
