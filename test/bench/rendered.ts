/** What `edge-auth render` makes of policies, for an edge with a folder and a socket of its own. */
import { EDGE_PREFIX, type Policies, render } from '../integration/harness/render';
import type { Runtime } from '../integration/harness/runtimes';

/** Content by absolute path. The decider listens on /run/NAME.sock. `more`: arguments of `render`. */
export async function renderAt(
  prefix: string,
  name: string,
  runtime: Runtime,
  wiring: 'hop' | 'inline',
  policies: Policies,
  more: string[] = [],
): Promise<Record<string, string>> {
  const rendered = await render(policies, runtime, wiring, ['--decider', `unix:/run/${name}.sock`, ...more]);
  const there = (text: string) => text.replaceAll(`${EDGE_PREFIX}/`, `${prefix}/`);
  return Object.fromEntries(
    rendered.map(({ target, content }) => [there(target), there(content.toString())]),
  );
}
