/** How far the answer to a silent auth server is from timeout_ms. */
import { Pool } from 'undici';
import type { BenchEdge } from './bench-edge';
import { TIMEOUT_MS } from './cases';

const QUESTIONS = 20;
const AT_ONCE = 4;

/** Milliseconds late, in ascending order. */
export async function measureDeadline({ edge, sides }: BenchEdge): Promise<number[]> {
  const pool = new Pool(`http://${edge.host}:${edge.port(sides.fixed.port)}`, { connections: AT_ONCE });
  const ask = async (): Promise<number> => {
    const start = performance.now();
    const { statusCode, body } = await pool.request({
      method: 'GET',
      path: '/',
      headers: { host: 'silent.test' },
    });
    await body.dump();
    if (statusCode !== 403) throw new Error(`expected 403 after the timeout, received ${statusCode}`);
    return performance.now() - start - TIMEOUT_MS;
  };
  const late: number[] = [];
  try {
    while (late.length < QUESTIONS) late.push(...(await Promise.all(Array.from({ length: AT_ONCE }, ask))));
  } finally {
    await pool.destroy();
  }
  return late.sort((a, b) => a - b);
}
