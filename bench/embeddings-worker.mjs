import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { bundledProvider } from '../src/embed/bundled.ts';

/* Our side of bench/embeddings.ts, in a process of its own because of its peak memory: the protocol is that of sentence-transformers.py. */
const cacheFolder = mkdtempSync(path.join(tmpdir(), 'flipgate-bench-'));
// The provider itself keeps no vectors: every text is embedded each time.
const { embedder } = bundledProvider.open(
  { model: 'all-MiniLM-L6-v2' },
  { cacheFolder, workingDirectory: '.', environment: {} },
);
try {
  await embedder.embed(['ready']);
  console.log(JSON.stringify({ ready: true }));
  for await (const line of createInterface({ input: process.stdin }))
    console.log(JSON.stringify(await measured(line)));
} finally {
  await embedder.close();
  rmSync(cacheFolder, { recursive: true, force: true });
}

async function measured(line) {
  const { texts } = JSON.parse(line);
  const start = performance.now();
  await embedder.embed(texts);
  const perSecond = texts.length / ((performance.now() - start) / 1000);
  return { per_second: perSecond, peak_megabytes: process.resourceUsage().maxRSS / 1024 };
}
