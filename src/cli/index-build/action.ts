import { readFile, readdir, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { isIndexFile } from '../../arms/index/files.ts';
import {
  embeddedText,
  indexFiles,
  type IndexChunk,
  type IndexFiles,
  type IndexHeader,
} from '../../arms/index/format.ts';
import { compareCodeUnits, sha256 } from '../../base/canonical.ts';
import { UserError, exitCodes, type ExitCode } from '../../base/errors.ts';
import { decodeUtf8 } from '../../base/utf8.ts';
import type { World } from '../../base/world.ts';
import { loadConfig } from '../../config/load.ts';
import { unusedBy } from '../../config/unused.ts';
import { chunkDocument, type MarkdownChunk } from '../../text/markdown/chunk.ts';
import { defaultCacheFolder } from '../../embed/cache-folder.ts';
import type { Embedder } from '../../embed/embedder.ts';
import { openEmbedder } from '../../embed/open.ts';
import type { IndexBuildFlags } from './flags.ts';
import { writeIndex } from './write-index.ts';

/** Chunks and embeds a folder into an index folder. The same documents and embedder give the same bytes. Nothing is replaced without `--force`. */
export async function buildIndex(flags: IndexBuildFlags, world: World): Promise<ExitCode> {
  const { config, store } = flags;
  const settings = await loadConfig(
    { ...(config === undefined ? {} : { config }), ...(store === undefined ? {} : { store }) },
    world,
    { unused: unusedBy.embedding },
  );
  const from = path.resolve(world.workingDirectory, flags.from);
  const out = path.resolve(world.workingDirectory, flags.out);
  await refuseToReplace(out, flags);
  const corpus = await readCorpus(from, flags.sourcePrefix ?? path.basename(from));
  if (corpus.chunks.length === 0)
    throw new UserError(`"${flags.from}" has no .md or .txt file with text in it`);
  const { environment } = world;
  const embedder = openEmbedder(settings.embedder, {
    cacheFolder: defaultCacheFolder(environment),
    workingDirectory: settings.folder,
    environment,
  });
  try {
    const index = await embedded(corpus, embedder);
    await writeIndex(out, index);
    const { chunks, index_hash: hash } = index.header;
    world.stdout.write(`${flags.out}: ${chunks} chunks, INDEX_HASH ${hash}\n`);
  } finally {
    await embedder.close();
  }
  return exitCodes.pass;
}

/** `--force` replaces an index or an empty folder, never a folder with anything else in it. */
async function refuseToReplace(out: string, flags: IndexBuildFlags): Promise<void> {
  if ((await stat(out).catch(() => undefined)) === undefined) return;
  if (flags.force !== true)
    throw new UserError(`"${flags.out}" is there already`, {
      hint: 'name another folder, or replace it with --force',
    });
  const names = await readdir(out).catch(() => ['a file']);
  if (!names.every(isIndexFile)) {
    throw new UserError(`"${flags.out}" is there already and is not an index`, {
      hint: 'name another folder: --force replaces nothing but an index',
    });
  }
}

interface Corpus {
  readonly chunks: readonly MarkdownChunk[];
  readonly createdFrom: IndexHeader['created_from'];
}

async function readCorpus(folder: string, prefix: string): Promise<Corpus> {
  const root = await realpath(folder).catch(() => {
    throw new UserError(`folder "${folder}" does not exist`);
  });
  const chunks: MarkdownChunk[] = [];
  const documents: { source_url: string; sha256: string }[] = [];
  for (const name of await documentNames(root, '')) {
    const bytes = await readFile(path.join(root, name));
    const sourceUrl = prefix === '' ? name : `${prefix}/${name}`;
    documents.push({ source_url: sourceUrl, sha256: sha256(bytes) });
    chunks.push(...chunkDocument({ text: decode(bytes, name), sourceUrl }));
  }
  return { chunks, createdFrom: { prefix, documents } };
}

/** A byte order mark is dropped, as it is where anchors are resolved: offsets count the same characters in both. */
function decode(bytes: Uint8Array, name: string): string {
  const decoded = decodeUtf8(bytes);
  if (decoded.ok) return decoded.text;
  throw new UserError(`document "${name}" line ${decoded.line}: the file ${decoded.problem}`, {
    hint: 'save it as UTF-8 text, or move it out of the folder',
  });
}

/** Names below the root, sorted, with `/`; hidden files and links out of it are passed over. */
async function documentNames(root: string, below: string): Promise<readonly string[]> {
  const entries = await readdir(path.join(root, below), { withFileTypes: true });
  const names: string[] = [];
  for (const entry of entries
    .filter(({ name }) => !name.startsWith('.'))
    .sort((a, b) => compareCodeUnits(a.name, b.name))) {
    const name = below === '' ? entry.name : `${below}/${entry.name}`;
    const real = await realpath(path.join(root, name)).catch(() => undefined);
    if (real === undefined || !real.startsWith(root + path.sep)) continue;
    if (entry.isDirectory()) names.push(...(await documentNames(root, name)));
    else if (/\.(?:md|markdown|txt)$/iu.test(entry.name) && (await stat(real)).isFile()) names.push(name);
  }
  return names;
}

async function embedded({ chunks, createdFrom }: Corpus, embedder: Embedder): Promise<IndexFiles> {
  const vectors = await embedder.embed(chunks.map(embeddedText));
  return indexFiles({
    chunks: chunks.map(plain),
    vectors,
    createdFrom,
    embedder: await embedder.identity(),
  });
}

function plain(chunk: MarkdownChunk): IndexChunk {
  return { ...chunk, offsets: [...chunk.offsets], tokens: [...chunk.tokens] };
}
