// A container engine: Docker, or Podman with its socket, found as Testcontainers finds it.
import { createServer } from 'node:net';

/** `{ engine }`, dockerode's client, or `{ reason }`. */
export async function findEngine() {
  try {
    const { getContainerRuntimeClient } = await import('testcontainers');
    const { container, info } = await getContainerRuntimeClient();
    const { host } = info.containerRuntime;
    if (!(await isHere(host))) {
      return { reason: `the container engine is on ${host}: expected one on this machine` };
    }
    return { engine: container.dockerode };
  } catch (error) {
    return {
      reason: `no container engine answers (${error.message}): expected one behind DOCKER_HOST or /var/run/docker.sock`,
    };
  }
}

/** Inside a container, an engine beside us is found by the address of its bridge: whatever can be listened on is ours. */
function isHere(host) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(0, host, () => server.close(() => resolve(true)));
  });
}
