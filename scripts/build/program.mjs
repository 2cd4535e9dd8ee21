import { build } from 'esbuild';

/**
 * Bundles the program into few files: 300 modules take longer to find and read than to run. What a command does not use is in files of its own, loaded when it
 * is used. Libraries stay outside, as they are installed.
 */
export async function bundleProgram(root, outdir) {
  await build({
    absWorkingDir: root,
    // All beside each other: code that names a file beside it means this folder, wherever it was written.
    entryPoints: {
      cli: 'src/cli.ts',
      'wfgy-eval': 'src/wfgy-eval.ts',
      index: 'src/index.ts',
      'service-main': 'src/demo/service-main.ts',
      'evidence-thread': 'src/store/evidence/evidence-thread.ts',
      // The schemas are written from the first; by the others tests run many commands in one process.
      'schema-sources': 'scripts/build/schema-sources.ts',
      main: 'src/main.ts',
      'process-world': 'src/process-world.ts',
    },
    outdir,
    chunkNames: 'part-[hash]',
    bundle: true,
    splitting: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    charset: 'utf8',
    logLevel: 'warning',
  });
}
