// Asks a runtime which nginx and njs it is, instead of trusting the name of its image.
import { GenericContainer, Wait } from 'testcontainers';
import { RUN_LABEL } from './run-id.mjs';

const SCRIPT = `export default { version: function () { return njs.version + ' ' + (njs.engine || 'njs'); } };\n`;

function conf(engine) {
  return `
load_module modules/ngx_http_js_module.so;
events {}
http {
    ${engine === 'qjs' ? 'js_engine qjs;' : ''}
    js_import probe from probe.js;
    js_set $probe_version probe.version;
    server {
        listen 8080;
        return 200 "$nginx_version $probe_version";
    }
}
`;
}

/** `{ nginxVersion, njsVersion }`, or `{ reason }` when nginx does not serve with this engine. */
export async function probe(runtime, runId) {
  let output = '';
  let container;
  try {
    container = await new GenericContainer(runtime.image)
      .withLabels({ [RUN_LABEL]: runId })
      .withExtraHosts([{ host: 'edge-auth-host', ipAddress: 'host-gateway' }])
      .withEntrypoint(['nginx', '-g', 'daemon off; error_log stderr info;'])
      .withCopyContentToContainer([
        { content: conf(runtime.engine), target: '/etc/nginx/nginx.conf' },
        { content: SCRIPT, target: '/etc/nginx/probe.js' },
      ])
      .withExposedPorts(8080)
      .withLogConsumer((stream) => stream.on('data', (chunk) => (output += chunk)))
      .withWaitStrategy(Wait.forHttp('/', 8080))
      .withStartupTimeout(40_000)
      .start();
    const answer = await fetch(`http://${container.getHost()}:${container.getMappedPort(8080)}/`);
    const [nginxVersion, njsVersion, engine] = (await answer.text()).split(' ');
    if ((engine.toLowerCase() === 'quickjs') !== (runtime.engine === 'qjs')) {
      return { reason: `expected the ${runtime.engine} engine, the module says ${engine}` };
    }
    return { nginxVersion, njsVersion };
  } catch (error) {
    return { reason: `${output.match(/\[emerg\].*/)?.[0] ?? error.message}` };
  } finally {
    await container?.stop();
  }
}
