/**
 * An nginx under callgrind, one process, which counts its instructions in user space. On USR1 nginx calls ngx_reopen_files, and callgrind
 * writes down what it has counted since it did so last: no debugger has to stop the process, and nothing but the requests is in between.
 */
import { run } from '../compare/fleet';
import type { Edge } from '../../integration/harness/started-edge';
import { openKeepAliveClient, requestOf } from '../keep-alive-client';

/** Of these requests nothing is counted: connections, contexts and memory are there afterwards. */
const WARM = 30;
const COUNTED = 100;
/** The least of several counts: sometimes an answer comes in two pieces, and nginx wakes once more. */
const TIMES = 4;

const FOLDER = '/srv/callgrind';
const AUTHORIZATION = { Authorization: 'Bearer token-of-a-client-4f1d08' };

export interface Counted {
  name: string;
  port: number;
  /** How many counts callgrind has written. */
  counts: number;
}

export interface Request {
  host: string;
  target: string;
  status?: number | undefined;
}

/** Starts nginx on /srv/bench/NAME.conf and waits until it listens. */
export async function startCounted(edge: Edge, name: string, port: number): Promise<Counted> {
  const log = `${FOLDER}/${name}.log`;
  await run(
    edge,
    `mkdir -p ${FOLDER}; cd ${FOLDER}; ` +
      `setsid nohup valgrind --tool=callgrind --vgdb=no --dump-before=ngx_reopen_files --callgrind-out-file=${FOLDER}/${name} ` +
      `nginx -c /srv/bench/${name}.conf -g 'daemon off; master_process off;' >${log} 2>&1 </dev/null & ` +
      `for i in $(seq 600); do test -s /run/${name}.pid && exit 0; kill -0 $! || break; sleep 0.1; done; tail -n 20 ${log}; exit 1`,
  );
  return { name, port, counts: 0 };
}

/** Instructions of one request; the connection and the signal add some fifty, the same to all. Throws where an answer has another status than the request's. */
export async function countRequest(edge: Edge, counted: Counted, request: Request): Promise<number> {
  await count(edge, counted, request, WARM);
  const counts: number[] = [];
  for (let i = 0; i < TIMES; i++) counts.push(await count(edge, counted, request, COUNTED));
  return Math.min(...counts) / COUNTED;
}

/** Sends as many requests over one connection. Returns the instructions since the count before. */
async function count(edge: Edge, counted: Counted, request: Request, requests: number): Promise<number> {
  await send(edge, counted, request, requests);
  counted.counts++;
  const file = `${FOLDER}/${counted.name}.${counted.counts}`;
  const said = await run(
    edge,
    `kill -USR1 $(cat /run/${counted.name}.pid); ` +
      `for i in $(seq 200); do grep -s '^totals:' ${file} && exit 0; sleep 0.02; done; exit 1`,
  );
  return Number(/^totals: (\d+)$/m.exec(said)?.[1] ?? NaN);
}

export async function send(
  edge: Edge,
  { port }: Counted,
  { host, target, status = 200 }: Request,
  requests = 1,
): Promise<void> {
  const client = openKeepAliveClient(edge.host, edge.port(port));
  const bytes = requestOf(host, target, { headers: AUTHORIZATION });
  try {
    for (let i = 0; i < requests; i++) await client.expect(bytes, status);
  } finally {
    client.close();
  }
}
