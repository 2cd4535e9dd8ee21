// Scrapes in an open loop: scrape i is due at the start plus i/rate, however long the others take, and its time counts from when it was due.
// argv: scrapes of each a second, seconds, URLs (which take turns within a period). Prints for each URL milliseconds and failures.
import { Agent, get } from 'node:http';

const [rate, seconds] = process.argv.slice(2, 4).map(Number);
const targets = process.argv
  .slice(4)
  .map((url) => ({ url, agent: new Agent({ keepAlive: true, maxSockets: 64 }), taken: [], failed: 0 }));
const period = 1000 / rate;
const warmupScrapes = Math.ceil(2 * rate);
const scrapes = warmupScrapes + Math.ceil(rate * seconds);

const scrape = ({ url, agent }) =>
  new Promise((resolve) => {
    const request = get(url, { agent, timeout: 5000 }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode === 200));
      response.on('error', () => resolve(false));
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(false));
  });

const take = async (target, due, counts) => {
  const isOk = await scrape(target);
  if (!counts) return;
  if (isOk) target.taken.push(performance.now() - due);
  else target.failed += 1;
};

const started = performance.now() + period;
const underWay = [];
for (let index = 0; index < scrapes; index += 1) {
  for (const [turn, target] of targets.entries()) {
    const due = started + period * (index + turn / targets.length);
    const wait = due - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    underWay.push(take(target, due, index >= warmupScrapes));
  }
}
await Promise.all(underWay);
const rank = (sorted, share) => sorted[Math.ceil(share * sorted.length) - 1];
const results = targets.map(({ taken, failed }) => {
  const sorted = taken.sort((a, b) => a - b);
  return {
    scrapes: sorted.length,
    failed,
    p50: rank(sorted, 0.5),
    p99: rank(sorted, 0.99),
    longest: sorted.at(-1),
  };
});
console.log(JSON.stringify(results));
for (const { agent } of targets) agent.destroy();
