import { GenericContainer, Wait } from 'testcontainers';
import { fillConf, hasAccessLog, NUMBERS_PORT } from './conf';
import { withFreePorts } from './free-ports';
import { LogFolder, LOGS, START_SCRIPT } from './log-folder';
import { Edge } from './started-edge';
import { render, type Policies, type RenderedFile } from './render';
import type { Runtime } from './runtimes';
import { TEST_HOST } from './test-host';

export interface EdgeOptions {
  runtime: Runtime;
  /** How the decision is reached; only with policies. Default: hop. */
  wiring?: 'hop' | 'inline';
  /** A policy per domain, rendered to /etc/nginx/edge-auth. Default: none, and nothing is rendered. */
  policies?: Policies;
  /** Path of the feature's nginx.conf template. */
  conf: string;
  /** Values of the template's own placeholders: `{ AUTH: '…' }` fills @AUTH@. */
  vars?: Record<string, string>;
  /** The ports that the conf listens on. Default: [8080]. */
  ports?: number[];
  /** More files for the container, by absolute path. */
  files?: Record<string, string | Buffer>;
  /** Folders of this machine for the container, writable, by absolute path. */
  binds?: { source: string; target: string }[];
  /** File systems in memory: options of their mount by absolute path. */
  tmpfs?: Record<string, string>;
  /** More arguments of `edge-auth render`. */
  renderArgs?: string[];
  /** More environment of nginx. */
  env?: Record<string, string>;
}

/** Starts one nginx container on the feature's conf. The caller stops it. */
export async function startEdge(options: EdgeOptions): Promise<Edge> {
  const { runtime, conf, vars = {}, wiring = 'hop', ports = [8080], renderArgs = [] } = options;
  const renderAll = (policies: Policies) => render(policies, runtime, wiring, renderArgs);
  const contents: RenderedFile[] = [
    { content: Buffer.from(await fillConf(conf, runtime, vars)), target: '/etc/nginx/nginx.conf' },
    ...(options.policies ? await renderAll(options.policies) : []),
    ...Object.entries(options.files ?? {}).map(([target, content]) => ({
      content: Buffer.from(content),
      target,
    })),
  ];
  const logs = await LogFolder.create();
  try {
    const exposed = [...ports, ...((await hasAccessLog(conf)) ? [NUMBERS_PORT] : [])];
    const container = await withFreePorts(() =>
      new GenericContainer(runtime.image)
        .withLabels({ 'edge-auth.run': process.env['EDGE_AUTH_RUN_ID'] ?? 'unknown' })
        .withExtraHosts([{ host: TEST_HOST, ipAddress: 'host-gateway' }])
        .withEnvironment(options.env ?? {})
        .withBindMounts([...(options.binds ?? []), { source: logs.path, target: LOGS }])
        .withTmpFs(options.tmpfs ?? {})
        .withExposedPorts(...exposed)
        .withCopyContentToContainer(contents.map((file) => ({ ...file, mode: 0o644 })))
        .withEntrypoint(['sh', '-c', START_SCRIPT])
        .withWaitStrategy(Wait.forLogMessage('started'))
        .withStartupTimeout(40_000)
        .start(),
    );
    const ended = await logs.howItEnded();
    if (!ended) return new Edge(container, logs, runtime, renderAll, options.policies);
    await container.stop();
    throw new Error(
      `nginx ${runtime.nginxVersion} (${runtime.name}) ended with ${ended.code} on ${conf}. It said:\n${ended.said}`,
    );
  } catch (error) {
    await logs.remove();
    throw error;
  }
}
