// Runs one line: with curl, or in Node where there is no curl.
import { request } from 'node:http';
import { performance } from 'node:perf_hooks';
import { runCommand } from './command.mjs';

const DEADLINE_MS = 20_000;

export async function hasCurl() {
  return (await runCommand('curl', ['--version'])).code === 0;
}

/** What came back, `{ status, ms, body }`, or `{ problem }`. `ms` is undefined where a line does not ask for it. */
export async function askEdge(line, withCurl) {
  return withCurl ? askWithCurl(line.args) : askWithNode(line);
}

async function askWithCurl(args) {
  // No proxy stands between this machine and itself.
  const env = { ...process.env, no_proxy: '*', NO_PROXY: '*' };
  const { code, output, stdout } = await runCommand('curl', args, { env, timeoutMs: DEADLINE_MS });
  if (code !== 0) return { problem: `curl ended with ${code}: ${output.trim()}` };
  return parseAnswer(stdout);
}

/** Reads the output of a line: the body, then `200` or `200 after 0.012 s`. */
export function parseAnswer(output) {
  const match = /^([\s\S]*?)(\d{3})(?: after ([\d.]+) s)?\n$/.exec(output);
  if (!match)
    return { problem: `expected a body and "<status> after <time> s", received ${JSON.stringify(output)}` };
  const [, body, status, seconds] = match;
  return { body, status: Number(status), ms: seconds && Math.round(Number(seconds) * 1000) };
}

function askWithNode({ url, edge, host }) {
  const { hostname, port } = new URL(edge);
  // Not by URL, which would take `/../` out.
  const path = url.replace(/^http:\/\/[^/]+/, '');
  return new Promise((resolve) => {
    const start = performance.now();
    const asked = request({ hostname, port, path, headers: host ? { Host: host } : {} }, (response) => {
      let body = '';
      response.on('data', (chunk) => (body += chunk));
      response.on('error', (error) => resolve({ problem: error.message }));
      response.on('end', () =>
        resolve({ status: response.statusCode, ms: Math.round(performance.now() - start), body }),
      );
    });
    asked.setTimeout(DEADLINE_MS, () => asked.destroy(new Error(`no answer within ${DEADLINE_MS / 1000} s`)));
    asked.on('error', (error) => resolve({ problem: error.message }));
    asked.end();
  });
}
