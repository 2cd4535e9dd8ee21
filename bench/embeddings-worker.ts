import { createInterface } from 'node:readline';
import { openEmbedder } from '../src/embed/open.ts';

/* Our side of bench/embeddings.ts, in a process of its own because of its peak memory: the protocol is that of sentence-transformers.py. */
const embedder = openEmbedder({ model: 'all-MiniLM-L6-v2', cache: false }, { cacheFolder: '', workingDirectory: '.', environment: {} });
await embedder.embed(['ready']);
console.log(JSON.stringify({ ready: true }));
for await (const line of createInterface({ input: process.stdin })) {
  // The parent writes this shape.
  const { texts } = JSON.parse(line) as { readonly texts: readonly string[] };
  const start = performance.now();
  await embedder.embed(texts);
  const perSecond = texts.length / ((performance.now() - start) / 1000);
  console.log(JSON.stringify({ per_second: perSecond, peak_megabytes: process.resourceUsage().maxRSS / 1024 }));
}
await embedder.close();
