import { Pool } from 'undici';

export interface Seen {
  host: string;
  status: number;
  body: string;
}

export interface Load {
  port: number;
  /** Asked in turn. */
  hosts: string[];
  requests: number;
  concurrency: number;
  /** A POST with this body. Default: GET. */
  body?: Buffer;
}

/** Sends so many requests over so many kept connections, and tells every answer. Bounded by its number of requests. */
export async function load({ port, hosts, requests, concurrency, body }: Load): Promise<Seen[]> {
  const pool = new Pool(`http://localhost:${port}`, { connections: concurrency });
  const seen: Seen[] = [];
  let next = 0;
  const lane = async () => {
    while (next < requests) {
      const index = next++;
      const host = hosts[index % hosts.length]!;
      const reply = await pool.request({
        path: `/${index}`,
        method: body ? 'POST' : 'GET',
        headers: { host },
        ...(body && { body }),
      });
      seen.push({ host, status: reply.statusCode, body: (await reply.body.text()).slice(0, 100) });
    }
  };
  try {
    await Promise.all(Array.from({ length: concurrency }, lane));
  } finally {
    await pool.close();
  }
  return seen;
}
