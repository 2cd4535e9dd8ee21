import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { inFolder, writeGold } from '../../support/cli.ts';
import { run } from '../../support/world.ts';

test('gate without a name lists the gates and is no success', () =>
  inFolder(async (folder) => {
    await writeGold(folder, 1);
    await writeFile(
      path.join(folder, 'flipgate.yaml'),
      'gold: gold.jsonl\narms: {}\ngates: { nightly: { rules: { coverage: { limit: 0.8 } } } }\n',
    );
    const { code, out, err } = await run(folder, ['gate']);
    expect([code, out(), err()]).toEqual([
      2,
      '',
      'error: which gate?\nhint: gates: acceptance, watch, nightly\n',
    ]);
  }));

test('a gate over an empty store points to no report', () =>
  inFolder(async (folder) => {
    const { code, out } = await run(folder, ['gate', 'acceptance']);
    expect(code).toBe(4);
    expect(out()).not.toContain('flipgate report');
    expect(out()).toContain('flipgate run makes runs');
  }));
