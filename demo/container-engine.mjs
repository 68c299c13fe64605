// A container engine: Docker, or Podman with its socket, found as Testcontainers finds it.

/** `{ engine }`, dockerode's client, or `{ reason }`. */
export async function findEngine() {
  try {
    const { getContainerRuntimeClient } = await import('testcontainers');
    const { container, info } = await getContainerRuntimeClient();
    const { host } = info.containerRuntime;
    if (host !== 'localhost' && host !== '127.0.0.1') {
      return { reason: `the container engine is on ${host}: expected one on this machine` };
    }
    return { engine: container.dockerode };
  } catch (error) {
    return {
      reason: `no container engine answers (${error.message}): expected one behind DOCKER_HOST or /var/run/docker.sock`,
    };
  }
}
