// The control of scrapes: Node's own server with the same bytes for everybody. argv: the URL that it has them from. Prints its port.
import { createServer } from 'node:http';

const response = await fetch(process.argv[2]);
const bytes = Buffer.from(await response.arrayBuffer());
const headers = { 'content-type': response.headers.get('content-type'), 'content-length': bytes.length };
const server = createServer((_request, answer) => answer.writeHead(200, headers).end(bytes));
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.on('disconnect', () => process.exit());
