import path from 'node:path';
import { build } from 'esbuild';

/** Bundles the program `flipgate-grafana`. The builder of the dashboards goes with it; whose it is stands at the top. */
export async function bundleGrafana(root, outdir) {
  await build({
    absWorkingDir: root,
    entryPoints: ['scripts/flipgate-grafana.ts'],
    outfile: path.join(outdir, 'flipgate-grafana.js'),
    bundle: true,
    minify: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    external: ['yaml', 'zod'],
    banner: {
      js: '#!/usr/bin/env node\n// Includes @grafana/grafana-foundation-sdk, Apache-2.0, https://github.com/grafana/grafana-foundation-sdk',
    },
    logLevel: 'warning',
  });
}
