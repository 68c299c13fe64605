// The edge as a process: an installed nginx, with everything it writes in the demo's folder.
import { join } from 'node:path';
import { userInfo } from 'node:os';
import { endProcess, isRunning, startProcess } from './background.mjs';
import { waitForNginx } from './wait-for-nginx.mjs';

/** `-g`: the main context of any conf of the demo. As root, workers stay root, since the folder may be closed to others. */
export function mainDirectives(isRoot, platform = process.platform) {
  const user = isRoot ? ` user root${platform === 'linux' ? '' : ' wheel'};` : '';
  return `daemon off; pid nginx.pid; error_log logs/error.log info;${user}`;
}

export function installedEdge(place, { binary, version, loadModule }) {
  return {
    what: `${binary} ${version}`,
    loadModule,
    listen: `127.0.0.1:${place.ports.edge}`,
    prefix: join(place.folder, 'edge-auth'),
    api: ['--api', `127.0.0.1:${place.ports.api}`],
    decider: `unix:${join(place.folder, 'decider.sock')}`,
    /** Where the sample servers listen, and how the edge calls that address. */
    sampleAddress: '127.0.0.1',
    sampleName: '127.0.0.1',
    async start(conf) {
      const log = join(place.folder, 'logs/nginx-start.log');
      const prefix = `${place.folder}/`;
      const args = [
        '-p',
        prefix,
        '-e',
        'logs/error.log',
        '-c',
        conf,
        '-g',
        mainDirectives(userInfo().uid === 0),
      ];
      return waitForNginx(place, () => startProcess(place, 'edge', binary, args, { log }), {
        isRunning,
        end: endProcess,
      });
    },
  };
}
