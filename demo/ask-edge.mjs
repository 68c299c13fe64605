// Runs one line: with curl, or in Node where there is no curl.
import { existsSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { performance } from 'node:perf_hooks';
import { runCommand } from './command.mjs';

const DEADLINE_MS = 30_000;

export async function hasCurl() {
  return (await runCommand('curl', ['--version'])).code === 0;
}

/** What came back, `{ status, ms, body }`, or `{ problem }`. `ms` is undefined where a line does not ask for it. */
export async function askEdge(line, withCurl) {
  return withCurl ? askWithCurl(line) : askWithNode(line);
}

async function askWithCurl({ args, file }) {
  // No proxy stands between this machine and itself.
  const env = { ...process.env, no_proxy: '*', NO_PROXY: '*' };
  const { code, output, stdout } = await runCommand('curl', args, { env, timeoutMs: DEADLINE_MS });
  if (code !== 0) return { problem: `curl ended with ${code}: ${output.trim()}` };
  const answer = parseAnswer(stdout);
  if (!file || answer.problem) return answer;
  return { ...answer, body: existsSync(file) ? readFileSync(file, 'utf8') : '' };
}

/** Reads the output of a line: the body, then `200`, `200 after 0.012 s` or `200 5 bytes after 0.012 s`. */
export function parseAnswer(output) {
  const match = /^([\s\S]*?)(\d{3})(?:(?: \d+ bytes)? after ([\d.]+) s)?\n$/.exec(output);
  if (!match)
    return { problem: `expected a body and "<status> after <time> s", received ${JSON.stringify(output)}` };
  const [, body, status, seconds] = match;
  return { body, status: Number(status), ms: seconds && Math.round(Number(seconds) * 1000) };
}

function askWithNode({ url, edge, host, headerFile, body }) {
  const { hostname, port } = new URL(edge);
  // Not by URL, which would take `/../` out.
  const path = url.replace(/^http:\/\/[^/]+/, '');
  const headers = {
    ...(host && { Host: host }),
    ...(headerFile && {
      Authorization: readFileSync(headerFile, 'utf8')
        .trim()
        .replace(/^.*?: /, ''),
    }),
    ...(body && { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }),
  };
  return new Promise((resolve) => {
    const start = performance.now();
    const method = body ? 'PUT' : 'GET';
    const asked = request({ hostname, port, path, method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk) => (text += chunk));
      response.on('error', (error) => resolve({ problem: error.message }));
      response.on('end', () =>
        resolve({ status: response.statusCode, ms: Math.round(performance.now() - start), body: text }),
      );
    });
    asked.setTimeout(DEADLINE_MS, () => asked.destroy(new Error(`no answer within ${DEADLINE_MS / 1000} s`)));
    asked.on('error', (error) => resolve({ problem: error.message }));
    asked.end(body);
  });
}
