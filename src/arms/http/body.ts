import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib';
import { codeOf } from '../../base/errors.ts';

type Decompressed =
  | { readonly ok: true; readonly bytes: Buffer }
  | { readonly ok: false; readonly message: string };
type Decompress = (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

const decompressors: Readonly<Record<string, Decompress>> = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  br: promisify(brotliDecompress),
  deflate: (bytes, options) =>
    (isZlib(bytes) ? promisify(inflate) : (promisify(inflateRaw) as Decompress))(bytes, options),
};

/** Undoes a `content-encoding`; stops as soon as more than `maxBytes` come out, so that a small body cannot fill the memory. */
export async function decompress(
  bytes: Buffer,
  encoding: string | undefined,
  maxBytes: number,
): Promise<Decompressed> {
  const name = (encoding ?? 'identity').trim().toLowerCase();
  if (name === 'identity' || name === '') return { ok: true, bytes };
  const inflateBytes = Object.hasOwn(decompressors, name) ? decompressors[name] : undefined;
  if (inflateBytes === undefined)
    return { ok: false, message: 'the response has a content encoding that is not known' };
  try {
    return { ok: true, bytes: await inflateBytes(bytes, { maxOutputLength: maxBytes }) };
  } catch (error) {
    if (codeOf(error) === 'ERR_BUFFER_TOO_LARGE') {
      return { ok: false, message: `the response is larger than ${maxBytes} bytes after decompression` };
    }
    return { ok: false, message: `the response cannot be decompressed as ${name}` };
  }
}

/** Servers send both forms as "deflate": with the zlib header, as the standard says, and without. */
function isZlib(bytes: Buffer): boolean {
  return ((bytes[0] ?? 0) & 0x0f) === 8;
}
