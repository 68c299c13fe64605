// Signs as a reader of the demo would: by `edge-auth sign`, with the policy and the key of the edge.
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { newSecret, writeSecret } from './api.mjs';
import { runCommand } from './command.mjs';
import { DemoProblem } from './report.mjs';

/** A key for each policy that keeps it in a file: another one each time, for the owner's eyes only. */
export function writeKeyFile(folder, policyText) {
  const { key_file: name } = JSON.parse(policyText).url_signing ?? {};
  if (name) writeSecret(join(folder, name), `${newSecret()}\n`);
}

/** `[command, args]` of an `edge-auth` on the policy of `host`. */
export function toolCommand(place, action, host, args) {
  return ['node', [place.cli, action, '--policy', `${place.shown}/policies/${host}.json`, ...args]];
}

export function signCommand(place, { host, path, sign }) {
  const at = sign.at ? ['--at', sign.at] : [];
  return toolCommand(place, 'sign', host, [...at, `http://${host}${path}`]);
}

/** With a key that is not in the policy yet. */
async function signWith(place, { host, path, sign }) {
  const { signUrl } = await import(pathToFileURL(resolve(dirname(place.cli), 'sign.js')));
  return signUrl(`http://${host}${path}`, { type: 'A', key: sign.key });
}

/** A signer for `buildLines`: runs each command once, so that equal lines get equal URLs. */
export function buildSigner() {
  const urls = new Map();
  return async (place, line) => {
    if (line.sign.key) return signWith(place, line);
    const [command, args] = signCommand(place, line);
    const id = JSON.stringify(args);
    if (!urls.has(id)) {
      const { code, output, stdout } = await runCommand(process.execPath, args);
      if (code !== 0)
        throw new DemoProblem(`${command} ${args.join(' ')}: expected a URL, received ${output}`);
      urls.set(id, stdout.trim());
    }
    return urls.get(id);
  };
}
