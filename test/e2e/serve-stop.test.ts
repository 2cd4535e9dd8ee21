import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { start } from '../support/cli.ts';
import { emptyStore, writeRun } from '../support/store-files.ts';

test.each(['SIGTERM', 'SIGINT'] as const)(
  'told by %s to stop as soon as it says that it listens, it ends with 0, and asks no arm any more',
  async (signal) => {
    const folder = await emptyStore();
    await writeRun(path.join(folder, 'reports'));
    const url = 'http://127.0.0.1:9/versions';
    const arms = {
      blue: { kind: 'http', url, versionsUrl: url },
      green: { kind: 'http', url, versionsUrl: url },
    };
    await writeFile(path.join(folder, 'flipgate.yaml'), JSON.stringify({ arms }));
    const { child, finished } = start(folder, ['serve', '--port', '0']);
    await once(child.stdout!, 'data');
    child.kill(signal);
    expect((await finished).code).toBe(0);
  },
);
