// Reads what an nginx says about itself.

/** Is `version` ("1.22.1") at least `wanted`? Numbers that are missing count as 0. */
export function isAtLeast(version, wanted) {
  const [a, b] = [version, wanted].map((text) => text.split('.').map(Number));
  for (let i = 0; i < 3; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference > 0;
  }
  return true;
}

/** What the demo wants to know from the output of `nginx -V`; undefined if it is not that. */
export function parseBuild(output) {
  const version = /^nginx version: [^\s/]+\/(\d+\.\d+\.\d+)/m.exec(output)?.[1];
  if (!version) return undefined;
  const path = /--modules-path=(?:'([^']*)'|(\S+))/.exec(output);
  return {
    version,
    modulesPath: path?.[1] ?? path?.[2],
    hasAuthRequest: /--with-http_auth_request_module(?:\s|$)/.test(output),
    // As `--add-module=../njs/nginx`; --add-dynamic-module leaves a file to load.
    hasJs: /--add-module=\S*njs\S*/.test(output),
  };
}

/** `{ nginxVersion, njsVersion }` from the answer of probe.conf; undefined if it is not that. */
export function parseProbe(answer) {
  const match = /^nginx=(\d+\.\d+\.\d+) njs=(\d+\.\d+\.\d+)$/.exec(answer.trim());
  return match ? { nginxVersion: match[1], njsVersion: match[2] } : undefined;
}
