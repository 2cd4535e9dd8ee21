import { createReadStream, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openEmbedder } from '../../../src/embed/open.ts';
import { bundledFolder, contextIn, copyOfBundledModel, temporaryFolder } from '../../support/embed.ts';

async function serveHub(): Promise<{
  readonly environment: Record<string, string>;
  readonly paths: string[];
}> {
  const paths: string[] = [];
  const server = createServer((request, response) => {
    const name = /^\/owner\/name\/resolve\/main\/(.*)$/.exec(request.url ?? '')?.[1];
    paths.push(request.url ?? '');
    const file = path.join(bundledFolder, name ?? 'none');
    if (name === undefined || !existsSync(file)) response.writeHead(404).end();
    else createReadStream(file).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  // A server that listens on a port has such an address.
  return {
    environment: { HF_ENDPOINT: `http://127.0.0.1:${(server.address() as AddressInfo).port}` },
    paths,
  };
}

describe('a model in a folder', () => {
  it('has an identity over all its files, and the vectors of its files', { timeout: 60_000 }, async () => {
    const folder = temporaryFolder();
    renameSync(copyOfBundledModel(), path.join(folder, 'mine'));
    const embedder = openEmbedder({ model: './mine', cache: false }, contextIn(folder));
    const { id, ...rest } = await embedder.identity();
    expect(id).toMatch(/^mine@sha256:[\da-f]{64}$/);
    expect(rest).toEqual({ dimensions: 384, pooling: 'mean', window: 256 });
    const bundled = openEmbedder({ model: 'all-MiniLM-L6-v2', cache: false }, contextIn(folder));
    expect(await embedder.embed(['a text'])).toEqual(await bundled.embed(['a text']));
    await Promise.all([embedder.close(), bundled.close()]);
    writeFileSync(path.join(folder, 'mine', 'sentence_bert_config.json'), '{"max_seq_length": 128}');
    const changed = await openEmbedder({ model: './mine' }, contextIn(folder)).identity();
    expect(changed.id).not.toBe(id);
    expect(changed.window).toBe(128);
  });

  it('is refused where a file is missing, is not understood, or says that it does not pool by the mean', async () => {
    const folder = copyOfBundledModel();
    const context = contextIn(path.dirname(folder));
    const identity = (): Promise<unknown> => openEmbedder({ model: './model' }, context).identity();
    mkdirSync(path.join(folder, '1_Pooling'));
    writeFileSync(path.join(folder, '1_Pooling', 'config.json'), '{"pooling_mode_mean_tokens": false}');
    await expect(identity()).rejects.toMatchObject({
      exitCode: 4,
      message: expect.stringContaining('does not pool its tokens by their mean'),
    });
    writeFileSync(path.join(folder, 'config.json'), '{');
    await expect(identity()).rejects.toMatchObject({
      exitCode: 4,
      message: expect.stringContaining('config.json" cannot be read'),
    });
    rmSync(path.join(folder, 'onnx', 'model.onnx'));
    await expect(identity()).rejects.toMatchObject({
      exitCode: 4,
      message: expect.stringMatching(/model file ".*model\.onnx" is missing/),
    });
  });

  it('is refused where its model file is none', { timeout: 60_000 }, async () => {
    const folder = copyOfBundledModel();
    writeFileSync(path.join(folder, 'onnx', 'model.onnx'), 'no model');
    const embedder = openEmbedder({ model: './model' }, contextIn(path.dirname(folder)));
    await expect(embedder.embed(['a'])).rejects.toMatchObject({
      exitCode: 4,
      message: expect.stringContaining('cannot be loaded'),
    });
  });
});

describe('a model of the hub', () => {
  it('is fetched once and loaded from the cache folder afterwards', { timeout: 60_000 }, async () => {
    const { environment, paths } = await serveHub();
    const folder = temporaryFolder();
    const first = openEmbedder({ model: 'owner/name' }, contextIn(folder, { environment }));
    expect((await first.identity()).id).toMatch(/^owner\/name@sha256:/);
    const asked = paths.length;
    const second = openEmbedder(
      { model: 'owner/name' },
      contextIn(folder, { environment: { HF_ENDPOINT: 'http://127.0.0.1:9' } }),
    );
    expect(await second.embed(['a'])).toHaveLength(1);
    expect(await second.identity()).toEqual(await first.identity());
    expect(paths).toHaveLength(asked);
    await Promise.all([first.close(), second.close()]);
  });

  it('that is not there is an error that says so, and leaves nothing behind', async () => {
    const { environment } = await serveHub();
    const folder = temporaryFolder();
    const embedder = openEmbedder({ model: 'owner/other' }, contextIn(folder, { environment }));
    await expect(embedder.identity()).rejects.toMatchObject({
      exitCode: 4,
      message: expect.stringMatching(
        /^embedder model "owner\/other" cannot be fetched from the hub: .*config\.json: HTTP status 404/,
      ),
    });
    expect(existsSync(path.join(folder, 'cache', 'hub', 'owner', 'other'))).toBe(false);
  });

  it('needs a folder to be kept in', async () => {
    const embedder = openEmbedder({ model: 'owner/name', cache: false }, contextIn(temporaryFolder()));
    await expect(embedder.identity()).rejects.toMatchObject({
      exitCode: 4,
      message: expect.stringContaining('"cache" is false'),
    });
  });
});
