// The edge's folder: nginx.conf, the policies, and what `edge-auth render` makes of them.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { apiArguments, whyNoApi } from './api.mjs';
import { runCommand } from './command.mjs';
import { root } from './place.mjs';
import { DemoProblem } from './report.mjs';
import { writeKeyFile } from './sign-url.mjs';

const SAMPLE_ADDRESS = '127.0.0.1:9001';

export async function writeEdge(place, edge, njsVersion) {
  for (const name of readdirSync(join(root, 'demo/policies'))) {
    const policy = readFileSync(join(root, 'demo/policies', name), 'utf8');
    writeKeyFile(join(place.folder, 'policies'), policy);
    const authServer = `${edge.sampleName}:${place.ports.auth}`;
    writeFileSync(join(place.folder, 'policies', name), policy.replaceAll(SAMPLE_ADDRESS, authServer));
  }
  const conf = fillConf(readFileSync(join(root, 'demo/nginx.conf'), 'utf8'), {
    LOAD_MODULE: edge.loadModule,
    LISTEN: edge.listen,
    ORIGIN: `${edge.sampleName}:${place.ports.origin}`,
  });
  writeFileSync(join(place.folder, 'nginx.conf'), conf);

  const args = [
    join(root, 'dist/cli.js'),
    'render',
    ...['--policies', join(place.folder, 'policies')],
    ...['--out', join(place.folder, 'edge-auth')],
    ...['--prefix', edge.prefix],
    ...['--decider', edge.decider],
    ...['--njs-version', njsVersion, '--no-nginx'],
    ...(whyNoApi(njsVersion) ? [] : apiArguments(place, edge)),
  ];
  const { code, output } = await runCommand(process.execPath, args);
  if (code !== 0) throw new DemoProblem(`node ${args.join(' ')} ended with ${code}:\n${output}`);
}

/** Fills the `@NAME@` placeholders. */
export function fillConf(template, values) {
  return template.replace(/@([A-Z_]+)@/g, (placeholder, name) => {
    if (values[name] === undefined) throw new Error(`nginx.conf: ${placeholder} has no value`);
    return values[name];
  });
}
