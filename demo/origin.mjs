// A sample origin: the site behind the edge. It knows nothing about access control.
// PORT and HOST say where it listens.
import { createServer } from 'node:http';
import { clearInterval, setInterval } from 'node:timers';
import { NUMBERS_SECONDS, numbers } from './numbers.mjs';

const PAUSE_MS = 250;
const { PORT = '9002', HOST = '127.0.0.1' } = process.env;

const page = '<!doctype html>\n<title>Origin</title>\n<h1>The page of the origin</h1>\n';
const logo =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><circle cx="4" cy="4" r="4"/></svg>\n';
const files = {
  '/': ['text/html', page],
  '/hello.txt': ['text/plain', 'This is the protected file.\n'],
  '/public/logo.svg': ['image/svg+xml', logo],
  '/numbers.txt': ['text/plain', numbers],
  '/film.mp4': ['video/mp4', Buffer.alloc(160 * 1024, 'A frame of the protected film.\n')],
};

const server = createServer((request, response) => {
  const path = request.url.split('?')[0];
  const [type, body] = files[path] ?? ['text/plain', 'The origin has no such file.\n'];
  const status = files[path] ? 200 : 404;
  // The names of the arguments alone: a value may be a token.
  console.log(`${request.method} ${request.url.replace(/=[^&]*/g, '=…')} ${status}`);
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': Buffer.byteLength(body) });
  if (request.method === 'HEAD') response.end();
  else if (body === numbers) writeSlowly(response, body);
  else response.end(body);
});

/** In equal parts, evenly over the time that it is to take. */
function writeSlowly(response, body) {
  const size = Math.ceil((body.length * PAUSE_MS) / (NUMBERS_SECONDS * 1000));
  let sent = 0;
  const timer = setInterval(() => {
    response.write(body.slice(sent, (sent += size)));
    if (sent < body.length) return;
    clearInterval(timer);
    response.end();
  }, PAUSE_MS);
  response.on('close', () => clearInterval(timer));
}

server.listen(Number(PORT), HOST, () => console.log(`the origin listens on ${HOST}:${PORT}`));
