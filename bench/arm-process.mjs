// An arm for benches, as a process of its own: argv: delay in milliseconds, how many different chunks it has. Prints its port.
import { createServer } from 'node:http';

const [delay, variety] = process.argv.slice(2).map(Number);
const words =
  'index pointer cache flip green blue traffic window answer section question vector weight drill probe limit share alert'.split(' ');
const text = (seed, count) =>
  Array.from({ length: count }, (_, place) => words[(seed * 7 + place * place * (seed + 3)) % words.length]).join(' ');
const snippet = (number) => ({
  snippet_id: `S_${number}`,
  section_id: `s${number}`,
  source_url: 'doc.md',
  offsets: [number * 1000, number * 1000 + 600],
  tokens: [0, 100],
  text: `Chunk ${number}. ${text(number, 100)}`,
});
const versions = { INDEX_HASH: 'i', EMBED_SCHEMA: 'e', RERANK_CONF: 'r', PROMPT_VER: 'p', MODEL_VER: 'm' };
const bodies = Array.from({ length: variety }, (_, first) =>
  JSON.stringify({
    answer: `Answer ${first}. ${text(first + 1000, 40)}`,
    retrieved: Array.from({ length: 5 }, (__, rank) => snippet((first + rank * 13) % variety)),
    citations: [`S_${first}`],
    stages: { retrieve: 0.01, rerank: 0.002, reason: 0.1 },
    versions,
    tool_calls: [],
    side_effects: 0,
    dedupe_hits: 0,
    usage: { input_tokens: 100, output_tokens: 40 },
  }),
);
let served = 0;
const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  request.resume();
  request.on('end', () => {
    const body = bodies[served++ % variety];
    const answer = () => response.writeHead(200, { 'content-type': 'application/json' }).end(body);
    if (delay > 0) setTimeout(answer, delay);
    else answer();
  });
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.on('disconnect', () => process.exit());
