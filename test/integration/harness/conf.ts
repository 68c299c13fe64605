import { readFile } from 'node:fs/promises';
import { isAtLeast, type Runtime } from './runtimes';

/** The log files that every feature's conf writes. */
export const ERROR_LOG = '/var/log/nginx/error.log';
export const ACCESS_LOG = '/var/log/nginx/edge.json';

/** Here nginx tells the number of the connection that asks: see numberLines. */
export const NUMBERS_PORT = 8079;

const LOG_FORMAT = "log_format edge_json escape=json '{";

/**
 * Fills the `@NAME@` placeholders of a feature's nginx.conf. The harness knows
 * @MODULES@ (the load_module line), @ENGINE@ (`js_engine qjs;` or nothing), and for HTTP/2, whose directive moved in
 * 1.25.1, @LISTEN_HTTP2@ (` http2` after the port, or nothing) and @HTTP2@ (`http2 on;`, or nothing).
 * All others come from `vars`. A placeholder without a value is an error.
 */
export async function fillConf(
  file: string,
  runtime: Runtime,
  vars: Record<string, string>,
): Promise<string> {
  const template = await readFile(file, 'utf8');
  const http2IsDirective = isAtLeast(runtime.nginxVersion, '1.25.1');
  const values: Record<string, string> = {
    MODULES: 'load_module modules/ngx_http_js_module.so;',
    ENGINE: runtime.engine === 'qjs' ? 'js_engine qjs;' : '',
    LISTEN_HTTP2: http2IsDirective ? '' : ' http2',
    HTTP2: http2IsDirective ? 'http2 on;' : '',
    ...vars,
  };
  if (!template.includes(`error_log ${ERROR_LOG}`)) {
    throw new Error(
      `${file}: expected the line \`error_log ${ERROR_LOG} info;\`, which edge.errors() and stop() read`,
    );
  }
  return numberLines(template).replace(/@([A-Z][A-Z0-9_]*)@/g, (placeholder, name: string) => {
    const value = values[name];
    if (value === undefined) {
      throw new Error(`${file}: ${placeholder} has no value. Known: ${Object.keys(values).join(', ')}`);
    }
    return value;
  });
}

/** Does the conf write an access log that edge.accessLog() can read? */
export async function hasAccessLog(file: string): Promise<boolean> {
  return (await readFile(file, 'utf8')).includes(LOG_FORMAT);
}

/**
 * nginx writes the line of a request some time after its answer, so lines of requests on several connections come in any
 * order, and late. But it numbers connections as they come, over all workers: each line gets the number of its own, and
 * who asks on the port of numbers learns that all earlier connections have a smaller one.
 */
function numberLines(template: string): string {
  if (!template.includes(LOG_FORMAT)) return template;
  const numbers = `server { listen ${NUMBERS_PORT}; access_log off; return 200 $connection; }`;
  return template
    .replace(LOG_FORMAT, `${LOG_FORMAT}"connection":"$connection","request":"$connection_requests",`)
    .replace(/^http \{/m, (line) => `${line}\n    ${numbers}`);
}
