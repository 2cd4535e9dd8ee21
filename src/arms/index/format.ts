import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { canonicalJson, sha256 } from '../../base/canonical.ts';
import { UserError, codeOf, messageOf } from '../../base/errors.ts';
import { decodeUtf8 } from '../../base/utf8.ts';
import { indexParts, type IndexPart } from './files.ts';
import { chunkSchema, parseChunks, type IndexChunk } from './chunks.ts';

export { embeddedText, type IndexChunk } from './chunks.ts';

const indexSchemaName = 'flipgate.index/1';

const headerSchema = z.object({
  schema: z.literal(indexSchemaName),
  created_from: z.object({
    prefix: z.string(),
    documents: z.array(z.object({ source_url: z.string(), sha256: z.string() })),
  }),
  chunks: z.int().min(0),
  embedder: z.object({
    id: z.string(),
    dimensions: z.int().min(1),
    pooling: z.string(),
    window: z.int().min(0),
  }),
  /** What is embedded of a chunk: its context, a space and its text, where it has a context. */
  embedded: z.literal('context and text'),
  vectors_sha256: z.string(),
  index_hash: z.string(),
});

/** `index.json`: what an index was built from and with. It has no times in it: the same input gives the same bytes. */
export type IndexHeader = z.output<typeof headerSchema>;

export interface Index {
  readonly chunks: readonly IndexChunk[];
  /** L2-normalised, in the order of the chunks; where the index ships them. */
  readonly vectors?: readonly Float32Array[];
  readonly header?: IndexHeader;
}

/** The INDEX_HASH: SHA-256 over the canonical JSON of the chunks, in their order, a line each. The embedder has a version field of its own. */
export function indexHash(chunks: readonly IndexChunk[]): string {
  return sha256(chunks.map((chunk) => canonicalJson(chunk)).join('\n'));
}

/**
 * Reads an index: a folder with `index.json`, `chunks.jsonl` and `vectors.bin`, or a JSON Lines file of chunks alone. Throws a `UserError`
 * with file and line for what is not in the format, and for a folder whose files do not belong together.
 */
export async function readIndex(location: string): Promise<Index> {
  const found = await stat(location).catch((error: unknown) => {
    throw new UserError(
      `index "${location}" cannot be read: ${codeOf(error) === 'ENOENT' ? 'there is nothing at this path' : messageOf(error)}`,
      {
        hint: 'build one with: flipgate index build --from DIR --out PATH',
      },
    );
  });
  if (!found.isDirectory()) return { chunks: parseChunks(await readText(location), location) };
  return readIndexFolder(location);
}

async function readIndexFolder(folder: string): Promise<Index> {
  const header = await readHeader(path.join(folder, 'index.json'));
  const [chunksPart, vectorsPart] = indexParts(header);
  const file = path.join(folder, chunksPart.name);
  const chunks = parseChunks(textOf(await readPart(folder, chunksPart), file), file);
  if (chunks.length !== header.chunks || indexHash(chunks) !== header.index_hash)
    throw mismatch(folder, 'chunks.jsonl');
  const bytes = await readPart(folder, vectorsPart);
  const { dimensions } = header.embedder;
  if (bytes.length !== chunks.length * dimensions * 4 || sha256(bytes) !== header.vectors_sha256)
    throw mismatch(folder, 'vectors.bin');
  return { chunks, vectors: vectorsFrom(bytes, dimensions), header };
}

function mismatch(folder: string, file: string): UserError {
  return new UserError(`"${file}" of index "${folder}" is not the one that its index.json describes`, {
    hint: 'the folder was changed or copied in part: build it again with flipgate index build --force',
  });
}

async function readHeader(file: string): Promise<IndexHeader> {
  const rebuild = { hint: 'build it again with flipgate index build --force' };
  const text = await readText(file);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UserError(`"${file}" is not valid JSON`, rebuild);
  }
  const checked = headerSchema.safeParse(value);
  if (checked.success) return checked.data;
  const issue = checked.error.issues[0];
  throw new UserError(
    `"${file}" is not an index header that this version reads: "${issue?.path.join('.') ?? ''}": ${issue?.message ?? ''}`,
    rebuild,
  );
}

/** A build that was killed once its `index.json` was in place has left the part under the name with its hash. */
async function readPart(folder: string, { name, nameWithHash }: IndexPart): Promise<Buffer> {
  return readFile(path.join(folder, nameWithHash)).catch(() => readBytes(path.join(folder, name)));
}

async function readText(file: string): Promise<string> {
  return textOf(await readBytes(file), file);
}

function textOf(bytes: Uint8Array, file: string): string {
  const decoded = decodeUtf8(bytes);
  if (decoded.ok) return decoded.text;
  throw new UserError(`"${file}" line ${decoded.line}: the file ${decoded.problem}`, {
    hint: 'save it as UTF-8 text',
  });
}

async function readBytes(file: string): Promise<Buffer> {
  return readFile(file).catch((error: unknown) => {
    throw new UserError(
      `"${file}" cannot be read: ${codeOf(error) === 'ENOENT' ? 'there is no such file' : messageOf(error)}`,
      {
        hint: 'an index is a folder with index.json, chunks.jsonl and vectors.bin, or a JSON Lines file of chunks',
      },
    );
  });
}

function vectorsFrom(bytes: Buffer, dimensions: number): Float32Array[] {
  const values = new Float32Array(bytes.length / 4);
  for (let index = 0; index < values.length; index += 1) values[index] = bytes.readFloatLE(index * 4);
  return Array.from({ length: values.length / dimensions }, (_, index) =>
    values.subarray(index * dimensions, (index + 1) * dimensions),
  );
}

export interface IndexParts {
  readonly chunks: readonly IndexChunk[];
  readonly vectors: readonly Float32Array[];
  readonly createdFrom: IndexHeader['created_from'];
  readonly embedder: IndexHeader['embedder'];
}

export interface IndexFiles {
  readonly header: IndexHeader;
  /** By name. */
  readonly files: ReadonlyMap<string, string | Uint8Array>;
}

/** The files of an index folder. Throws a `RangeError` where the vectors do not fit the chunks and the embedder. */
export function indexFiles({ chunks, vectors, createdFrom, embedder }: IndexParts): IndexFiles {
  const bytes = bytesOf(vectors, embedder.dimensions);
  if (vectors.length !== chunks.length)
    throw new RangeError(`${vectors.length} vectors for ${chunks.length} chunks`);
  const header: IndexHeader = {
    schema: indexSchemaName,
    created_from: createdFrom,
    chunks: chunks.length,
    embedder: {
      id: embedder.id,
      dimensions: embedder.dimensions,
      pooling: embedder.pooling,
      window: embedder.window,
    },
    embedded: 'context and text',
    vectors_sha256: sha256(bytes),
    index_hash: indexHash(chunks),
  };
  const lines = chunks.map((chunk) => `${JSON.stringify(chunkSchema.parse(chunk))}\n`).join('');
  const files = new Map<string, string | Uint8Array>([
    ['chunks.jsonl', lines],
    ['vectors.bin', bytes],
    ['index.json', `${JSON.stringify(header, undefined, 2)}\n`],
  ]);
  return { header, files };
}

function bytesOf(vectors: readonly Float32Array[], dimensions: number): Uint8Array {
  const bytes = Buffer.alloc(vectors.length * dimensions * 4);
  vectors.forEach((vector, position) => {
    if (vector.length !== dimensions)
      throw new RangeError(`vector ${position} has ${vector.length} dimensions, not ${dimensions}`);
    vector.forEach((value, axis) => bytes.writeFloatLE(value, (position * dimensions + axis) * 4));
  });
  return bytes;
}
