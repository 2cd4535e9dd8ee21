// The control: a bare closed loop on undici. argv: url, warm-up calls, calls, concurrency. Prints p50, p95 (nearest rank) and calls per second.
import { Pool } from 'undici';

const [url, warmup, calls, concurrency] = [process.argv[2], ...process.argv.slice(3).map(Number)];
const { origin, pathname } = new URL(url);
const pool = new Pool(origin, { connections: concurrency });
const headers = { 'content-type': 'application/json' };

async function loop(count) {
  const seconds = [];
  let next = 0;
  const worker = async () => {
    while (next < count) {
      next += 1;
      const started = performance.now();
      const { body } = await pool.request({
        path: pathname,
        method: 'POST',
        headers,
        body: JSON.stringify({ question: `question ${next}`, seed: 1 }),
      });
      await body.json();
      seconds.push((performance.now() - started) / 1000);
    }
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: concurrency }, worker));
  return { seconds: seconds.sort((a, b) => a - b), elapsed: (performance.now() - started) / 1000 };
}

await loop(warmup);
const { seconds, elapsed } = await loop(calls);
const rank = (share) => seconds[Math.ceil(share * seconds.length) - 1];
console.log(JSON.stringify({ p50: rank(0.5), p95: rank(0.95), rate: calls / elapsed }));
await pool.close();
