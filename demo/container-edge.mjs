// The edge as a container, on the demo's folder.
import { BlockList } from 'node:net';
import { networkInterfaces, userInfo } from 'node:os';
import { findEngine } from './container-engine.mjs';
import { mainDirectives } from './installed-edge.mjs';
import { findImage } from './nginx-image.mjs';
import { addToRecord, refuseIfStopped } from './record.mjs';
import { waitForNginx } from './wait-for-nginx.mjs';

const FOLDER = '/edge-auth-demo';
const HOST = 'edge-auth-demo-host';
const API_PORT = 9181;
const LABEL = 'edge-auth.demo';

/** `{ edge }` or `{ reason }`. */
export async function containerEdge(place) {
  const { engine, reason } = await findEngine();
  if (!engine) return { reason };
  const { image, reason: noImage } = await findImage(engine);
  if (!image) return { reason: noImage };
  const sampleAddress = await findHostAddress(engine);
  const { SecurityOptions = [] } = await engine.info();
  // In a rootless engine the container's root is the user outside.
  const isRoot = userInfo().uid === 0 || SecurityOptions.some((option) => option.includes('rootless'));
  const edge = {
    what: `a container of ${image}`,
    loadModule: 'load_module /usr/lib/nginx/modules/ngx_http_js_module.so;',
    listen: '8080',
    prefix: `${FOLDER}/edge-auth`,
    // The container's own addresses; outside it is the loopback address alone.
    api: ['--api', `0.0.0.0:${API_PORT}`, '--api-allow-remote', '--api-host', `localhost:${place.ports.api}`],
    // Not in the folder: shared folders of virtual machines carry no sockets.
    decider: 'unix:/tmp/edge-auth-demo.sock',
    sampleAddress,
    sampleName: HOST,
    start: (conf) =>
      waitForNginx(place, () => startContainer(engine, place, image, isRoot, conf), stateOf(engine)),
  };
  return { edge };
}

async function startContainer(engine, place, image, isRoot, conf) {
  refuseIfStopped(place.name);
  const container = await engine.createContainer({
    Image: image,
    Entrypoint: [
      'nginx',
      '-p',
      `${FOLDER}/`,
      '-e',
      'logs/error.log',
      '-c',
      conf,
      '-g',
      mainDirectives(isRoot, 'linux'),
    ],
    Cmd: [],
    User: isRoot ? '0:0' : `${userInfo().uid}:${userInfo().gid}`,
    Labels: { [LABEL]: place.name },
    ExposedPorts: { '8080/tcp': {}, [`${API_PORT}/tcp`]: {} },
    HostConfig: {
      Binds: [`${place.folder}:${FOLDER}`],
      PortBindings: {
        '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: String(place.ports.edge) }],
        [`${API_PORT}/tcp`]: [{ HostIp: '127.0.0.1', HostPort: String(place.ports.api) }],
      },
      ExtraHosts: [`${HOST}:host-gateway`],
      SecurityOpt: ['label=disable'],
    },
  });
  const entry = { what: 'edge', container: container.id };
  addToRecord(place.name, entry);
  await container.start();
  return entry;
}

function stateOf(engine) {
  return {
    isRunning: async (entry) => (await engine.getContainer(entry.container).inspect()).State.Running,
    end: (entry) => engine.getContainer(entry.container).remove({ force: true, v: true }),
  };
}

/**
 * The address on which containers reach this machine: that of the engine's bridge. Where the engine runs in a virtual
 * machine of its own (macOS), containers reach the loopback address.
 */
async function findHostAddress(engine) {
  if (process.platform !== 'linux') return '127.0.0.1';
  const networks = await engine.listNetworks();
  const bridge = networks.find(({ Name }) => Name === 'bridge' || Name === 'podman');
  const subnets = new BlockList();
  for (const { Subnet } of bridge?.IPAM?.Config ?? []) {
    const [address, bits] = Subnet.split('/');
    if (address.includes('.')) subnets.addSubnet(address, Number(bits), 'ipv4');
  }
  const addresses = Object.values(networkInterfaces()).flat();
  const own = addresses.find(({ address, family }) => family === 'IPv4' && subnets.check(address, 'ipv4'));
  return own?.address ?? '0.0.0.0';
}
