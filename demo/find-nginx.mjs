// An nginx that is installed here, with the js module.
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runCommand } from './command.mjs';
import { isAtLeast, parseBuild } from './nginx-build.mjs';

const binaryFolders = [
  '/usr/sbin',
  '/usr/local/sbin',
  '/usr/local/nginx/sbin',
  '/usr/local/bin',
  '/opt/homebrew/bin',
];
const moduleFolders = [
  '/usr/lib/nginx/modules',
  '/usr/lib64/nginx/modules',
  '/usr/share/nginx/modules',
  '/etc/nginx/modules',
  '/usr/local/nginx/modules',
];
const MODULE = 'ngx_http_js_module.so';
const OLDEST_NGINX = '1.22.0';

/** `{ binary, version, loadModule }`, or `{ reason }`. */
export async function findNginx() {
  const binary = findBinary();
  if (!binary) return { reason: `no nginx on the PATH, nor in ${binaryFolders.join(', ')}` };
  const { output } = await runCommand(binary, ['-V']);
  const build = parseBuild(output);
  if (!build)
    return { reason: `${binary} -V: expected a line "nginx version: …", received ${output.trim()}` };
  if (!isAtLeast(build.version, OLDEST_NGINX)) {
    return { reason: `${binary} is nginx ${build.version}: expected ${OLDEST_NGINX} or later` };
  }
  if (!build.hasAuthRequest) {
    return { reason: `${binary} was built without --with-http_auth_request_module` };
  }
  if (build.hasJs) return { binary, version: build.version, loadModule: '' };
  const folders = [build.modulesPath, ...moduleFolders].filter(Boolean);
  const file = folders.map((folder) => join(folder, MODULE)).find((path) => existsSync(path));
  if (!file) {
    return { reason: `${binary} has no js module: no ${MODULE} in ${[...new Set(folders)].join(', ')}` };
  }
  return { binary, version: build.version, loadModule: `load_module "${file}";` };
}

function findBinary() {
  const folders = [...(process.env.PATH ?? '').split(delimiter).filter(Boolean), ...binaryFolders];
  return folders.map((folder) => join(folder, 'nginx')).find(isExecutable);
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
