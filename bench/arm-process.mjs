// An arm for benches, as a process of its own: argv: delay in milliseconds, how many different chunks it has, and `varied` for stage times and
// token counts that differ from call to call. Prints its port.
import { createServer } from 'node:http';

const [delay, variety] = process.argv.slice(2, 4).map(Number);
const varied = process.argv[4] === 'varied';
const words =
  'index pointer cache flip green blue traffic window answer section question vector weight drill probe limit share alert'.split(
    ' ',
  );
const text = (seed, count) =>
  Array.from(
    { length: count },
    (_, place) => words[(seed * 7 + place * place * (seed + 3)) % words.length],
  ).join(' ');
const snippet = (number) => ({
  snippet_id: `S_${number}`,
  section_id: `s${number}`,
  source_url: 'doc.md',
  offsets: [number * 1000, number * 1000 + 600],
  tokens: [0, 100],
  text: `Chunk ${number}. ${text(number, 100)}`,
});
const versions = { INDEX_HASH: 'i', EMBED_SCHEMA: 'e', RERANK_CONF: 'r', PROMPT_VER: 'p', MODEL_VER: 'm' };
const starts = Array.from({ length: variety }, (_, first) =>
  JSON.stringify({
    answer: `Answer ${first}. ${text(first + 1000, 40)}`,
    retrieved: Array.from({ length: 5 }, (__, rank) => snippet((first + rank * 13) % variety)),
    citations: [`S_${first}`],
    versions,
    tool_calls: [],
    side_effects: 0,
    dedupe_hits: 0,
  }).slice(0, -1),
);
const measured = (call) => {
  // Golden-ratio steps: spread over [0, 1) and the same in every process.
  const part = (place) => (varied ? (call * 0.6180339887 + place * 0.4142135623) % 1 : 0);
  const seconds = (least, place) => Math.round(1e6 * least * (1 + part(place))) / 1e6;
  const stages = { retrieve: seconds(0.01, 1), rerank: seconds(0.002, 2), reason: seconds(0.1, 3) };
  return {
    stages,
    usage: { input_tokens: 100 + Math.floor(900 * part(4)), output_tokens: 40 + Math.floor(400 * part(5)) },
  };
};
const bodyOf = (call) => `${starts[call % variety]},${JSON.stringify(measured(call)).slice(1)}`;
const fixed = varied ? [] : starts.map((_, call) => bodyOf(call));
let served = 0;
const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  request.resume();
  request.on('end', () => {
    const call = served++;
    const body = fixed[call % variety] ?? bodyOf(call);
    const answer = () => response.writeHead(200, { 'content-type': 'application/json' }).end(body);
    if (delay > 0) setTimeout(answer, delay);
    else answer();
  });
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.on('disconnect', () => process.exit());
