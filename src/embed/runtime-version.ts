import { createRequire } from 'node:module';

/**
 * The runtime and the kind of machine that compute the vectors, for example `onnxruntime 1.30.0 linux-x64`: within it vectors are equal
 * bit for bit. Read from the package's description, without loading it.
 */
export function runtimeVersion(): string {
  const description: unknown = createRequire(libraryFile())('onnxruntime-node/package.json');
  const version =
    typeof description === 'object' && description !== null && 'version' in description
      ? String(description.version)
      : 'unknown';
  return `onnxruntime ${version} ${process.platform}-${process.arch}`;
}

/** The library's file, from which its own copy of the runtime is found. */
export function libraryFile(): string {
  return createRequire(import.meta.url).resolve('@huggingface/transformers');
}
