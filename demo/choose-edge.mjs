// Three ways to get an nginx with the js module: the first that works is taken.
import { parseRoute } from './arguments.mjs';
import { findNginx } from './find-nginx.mjs';
import { installNginx } from './install-nginx.mjs';
import { installedEdge } from './installed-edge.mjs';
import { probeEdge } from './probe.mjs';
import { DemoProblem, say } from './report.mjs';

const ways = {
  async nginx(place) {
    const found = await findNginx();
    return found.reason ? found : { edge: installedEdge(place, found) };
  },
  async container(place) {
    const { containerEdge } = await import('./container-edge.mjs');
    return containerEdge(place);
  },
  async install(place) {
    const reason = await installNginx();
    return reason ? { reason } : ways.nginx(place);
  },
};

const advice = `What would do: nginx 1.22 or later with its js module (Debian and Ubuntu: nginx libnginx-mod-http-js; nginx.org's packages:
nginx nginx-module-njs; Alpine: nginx nginx-mod-http-js), or a container engine that can get the nginx image.`;

/** An edge to start, and the njs release that a probe found on it. */
export async function chooseEdge(place) {
  const reasons = [];
  for (const route of parseRoute(process.env.EDGE_AUTH_DEMO_ROUTE)) {
    const { edge, reason } = await ways[route](place);
    const probed = edge ? await probeEdge(place, edge) : { reason };
    if (probed.njsVersion) {
      say(`the edge is ${edge.what}: nginx ${probed.nginxVersion}, njs ${probed.njsVersion}`);
      return { edge, njsVersion: probed.njsVersion };
    }
    reasons.push(`  ${route}: ${probed.reason}`);
  }
  throw new DemoProblem(
    `expected a way to run nginx with its js module, found none:\n${reasons.join('\n')}\n${advice}`,
  );
}
