// Asks the edge itself which nginx and njs it is: packages and image names do not say.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isAtLeast, parseProbe } from './nginx-build.mjs';
import { stopEntry } from './stop.mjs';

const OLDEST_NJS = '0.7.9';
const script = `export default { version: () => njs.version };\n`;

const conf = ({ loadModule, listen }) => `${loadModule}
events {}
http {
    include temp-paths.conf;
    access_log off;
    js_import probe from probe.js;
    js_set $probe_version probe.version;
    server {
        listen ${listen};
        return 200 "nginx=$nginx_version njs=$probe_version";
    }
}
`;

/** `{ nginxVersion, njsVersion }`, or `{ reason }`. */
export async function probeEdge(place, edge) {
  writeFileSync(join(place.folder, 'probe.js'), script);
  writeFileSync(join(place.folder, 'probe.conf'), conf(edge));
  let started;
  try {
    started = await edge.start('probe.conf');
    const answer = await fetch(`http://127.0.0.1:${place.ports.edge}/`, {
      signal: AbortSignal.timeout(5_000),
    });
    const text = await answer.text();
    const versions = parseProbe(text);
    if (!versions) return { reason: `${edge.what}: expected its versions, received ${text.slice(0, 200)}` };
    return isAtLeast(versions.njsVersion, OLDEST_NJS)
      ? versions
      : { reason: `${edge.what} has njs ${versions.njsVersion}: expected ${OLDEST_NJS} or later` };
  } catch (error) {
    return { reason: `${edge.what}: ${error.cause?.message ?? error.message}` };
  } finally {
    if (started) await stopEntry(place.name, started);
  }
}
