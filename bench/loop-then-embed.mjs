// The control of scoring: a bare loop, then batch embedding of every text that it brought and asked. argv: url, gold file, calls, concurrency.
import { readFileSync } from 'node:fs';
import { Pool } from 'undici';
import { openEmbedder } from '../src/embed/open.ts';

const [url, goldFile, ...sizes] = process.argv.slice(2);
const [calls, concurrency] = sizes.map(Number);
const questions = readFileSync(goldFile, 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line));
const asked = questions.flatMap(({ question, paraphrases }) => [question, ...paraphrases]);
const texts = new Set([...asked, ...questions.flatMap(({ anchors }) => anchors.map(({ text }) => text))]);
const { origin, pathname } = new URL(url);
const pool = new Pool(origin, { connections: concurrency });
let next = 0;
const worker = async () => {
  while (next < calls) {
    const question = asked[next++ % asked.length];
    const { body } = await pool.request({
      path: pathname,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ question, seed: 1 }),
    });
    const { answer, retrieved } = await body.json();
    texts.add(answer);
    for (const { text } of retrieved) texts.add(text);
  }
};
await Promise.all(Array.from({ length: concurrency }, worker));
await pool.close();
const embedder = openEmbedder(
  { model: 'all-MiniLM-L6-v2', cache: false },
  { workingDirectory: process.cwd(), environment: process.env },
);
await embedder.embed([...texts]);
await embedder.close();
