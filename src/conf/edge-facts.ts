/** What an nginx says of itself: reads `nginx -V`, and what `nginx -t` says to the confs of nginx/probe. */

import { compareReleases, type EdgeFacts, type Release } from './options';
import { generatedMark } from './text';

/** What `nginx -V` says; undefined where it is not nginx that answers. */
export function readVersions(output: string): EdgeFacts | undefined {
  const version = /^nginx version: \S+?\/(\d+)\.(\d+)\.(\d+)/m.exec(output);
  if (!version) return undefined;
  const has = (module: string): boolean => new RegExp(`--with-http_${module}_module(?![\\w=])`).test(output);
  return {
    nginxVersion: [Number(version[1]), Number(version[2]), Number(version[3])],
    hasSecureLink: has('secure_link'),
    hasAuthRequest: has('auth_request'),
    hasHttp2: has('v2'),
    hasSlice: has('slice'),
  };
}

/**
 * Has the operator's own conf a `secure_link`, by what `nginx -T` prints? It would read the verdict of ours: nginx keeps `$secure_link` for
 * a request. Files that render made are ours.
 */
export function usesSecureLink(output: string): boolean {
  const files = output.split(/^# configuration file .*:\n/m).slice(1);
  return files.some(
    (text) =>
      !text.startsWith(generatedMark) &&
      /(?:^|[{};])\s*secure_link(?:_md5|_secret)?\s/m.test(text.replace(/#.*$/gm, '')),
  );
}

/** Where packages of distributions put modules, whatever nginx was configured with. */
const usualFolders = ['/usr/lib/nginx/modules', '/usr/lib64/nginx/modules', '/usr/share/nginx/modules'];

/** Lines that may load njs, by what `nginx -V` says; an empty one for an njs that is built in. Absolute: `-p` moves what is relative. */
export function loadLines(output: string): string[] {
  const prefix = /--prefix=([^\s']+)/.exec(output)?.[1] ?? '/usr/local/nginx';
  const configured = /--modules-path=([^\s']+)/.exec(output)?.[1] ?? 'modules';
  const folder = configured.startsWith('/') ? configured : `${prefix}/${configured}`;
  const lines = [...new Set([folder, ...usualFolders])]
    .filter((path) => /^\/[\w./+-]*$/.test(path))
    .map((path) => `load_module ${path}/ngx_http_js_module.so;`);
  return /--add-module=\S*njs/.test(output) ? ['', ...lines] : [...lines, ''];
}

/** Directives of probe/releases.conf in its order, and the njs that an nginx has which knows none from there on. */
const firstUnknown: Record<string, Release> = {
  js_shared_dict_zone: [0, 7, 9],
  js_periodic: [0, 8, 0],
  js_engine: [0, 8, 1],
  js_context_reuse_max_size: [0, 8, 6],
  js_access: [0, 9, 1],
  edge_auth_end: [0, 9, 9],
};

/** What nginx says to probe/releases.conf: the oldest njs that says so, or why nobody knows. `not loaded`: another line may load it. */
export function readRelease(output: string): { atLeast: Release } | { problem: string; isLoaded: boolean } {
  const unknown = /unknown directive "(\w+)"/.exec(output)?.[1] ?? '';
  const atLeast = firstUnknown[unknown];
  if (atLeast) return { atLeast };
  if (unknown === 'js_import') return { problem: 'njs is not loaded', isLoaded: false };
  if (unknown === 'js_preload_object')
    return { problem: 'its njs is older than 0.7.9, the oldest that is supported', isLoaded: true };
  const said = /\[emerg\] (?:\d+#\d+: )?(.*)/.exec(output)?.[1];
  return { problem: said ?? 'it says nothing of its njs', isLoaded: !/dlopen\(\)/.test(said ?? '') };
}

/** Is it worth a look at probe/notice.conf? */
export const needsNotice = (atLeast: Release): boolean => atLeast.join('.') === '0.8.6';

/** What nginx with an njs from 0.8.6 to 0.9.0 says to probe/notice.conf. */
export const readNotice = (output: string): Release =>
  /\] .*js vm init/.test(output) ? [0, 8, 9] : [0, 8, 6];

/** What `atLeast` of this file may be, oldest first. */
const bounds: Release[] = [...Object.values(firstUnknown), [0, 8, 9] satisfies Release].sort(compareReleases);
const boundAfter = (atLeast: Release): Release | undefined =>
  bounds.find((bound) => compareReleases(bound, atLeast) > 0);

/** May an nginx of which this was found have this njs? */
export function mayBe(njs: Release, atLeast: Release): boolean {
  const next = boundAfter(atLeast);
  return compareReleases(njs, atLeast) >= 0 && !(next && compareReleases(njs, next) >= 0);
}

/** `njs 0.8.9 or later, before 0.9.1`. */
export function describeFound(atLeast: Release): string {
  const next = boundAfter(atLeast);
  return `njs ${atLeast.join('.')} or later${next ? `, before ${next.join('.')}` : ''}`;
}
