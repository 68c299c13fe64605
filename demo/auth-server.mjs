// A sample auth server. Yours may be written in anything: all that counts is the status of its answer.
//   ?token=let-me-in  200, allowed           ?token=slow   200, but only after 5 seconds
//   no or other token 403, denied            ?token=maybe  503, as a server in trouble answers
// PORT and HOST say where it listens.
import { createServer } from 'node:http';

const SLOW_MS = 5_000;
const { PORT = '9001', HOST = '127.0.0.1' } = process.env;

function statusFor(token) {
  if (token === 'let-me-in' || token === 'slow') return 200;
  if (token === 'maybe') return 503;
  return 403;
}

const server = createServer((request, response) => {
  const { searchParams } = new URL(request.url, 'http://auth-server');
  const token = searchParams.get('token');
  const status = statusFor(token);

  // The edge says what the client asked for. The query stays out of the log: it holds the token.
  const { 'x-forwarded-host': host, 'x-forwarded-uri': uri = '' } = request.headers;
  const question = `may ${request.headers['x-forwarded-for']} have http://${host}${uri.split('?')[0]}?`;

  const answer = () => {
    if (response.destroyed) return;
    console.log(`${question} ${status}`);
    response.writeHead(status, { 'Content-Type': 'text/plain' });
    response.end(status === 200 ? 'yes\n' : 'no\n');
  };
  if (token === 'slow') {
    const timer = setTimeout(answer, SLOW_MS);
    response.on('close', () => {
      if (response.writableEnded) return;
      clearTimeout(timer);
      console.log(`${question} (the edge did not wait for the answer)`);
    });
  } else {
    answer();
  }
});

server.listen(Number(PORT), HOST, () => console.log(`the auth server listens on ${HOST}:${PORT}`));
