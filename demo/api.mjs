// The runtime configuration API of the demo's edge: who may use it, and with which keys the lines change a policy.
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isAtLeast } from './nginx-build.mjs';

const OLDEST_NJS = '0.8.0';

/** Why this edge has no API, or ''. */
export function whyNoApi(njsVersion) {
  if (isAtLeast(njsVersion, OLDEST_NJS)) return '';
  return `no lines about the runtime configuration API: it needs njs ${OLDEST_NJS} or later, and this edge has ${njsVersion}
      (EDGE_AUTH_DEMO_ROUTE=container runs the nginx of a container image, which EDGE_AUTH_DEMO_IMAGE may name)`;
}

/** What `render` is told, once the policies are in their folder. Makes two tokens, for the owner's eyes only. */
export function apiArguments(place, edge) {
  const tokens = { read: newSecret(), write: newSecret() };
  const lines = Object.entries(tokens).map(([role, token]) => `${role} ${token}\n`);
  writeSecret(join(place.folder, 'api-tokens'), lines.join(''));
  // For curl -H @file: so no line to try, and no list of processes, holds a token.
  for (const [role, token] of Object.entries(tokens)) {
    writeSecret(join(place.folder, headerFile(role)), `Authorization: Bearer ${token}\n`);
  }
  const folder = dirname(edge.prefix);
  return [
    ...edge.api,
    ...['--api-tokens', join(place.folder, 'api-tokens')],
    ...['--api-policies', join(folder, 'policies')],
    ...['--api-log', join(folder, 'logs/api.log')],
  ];
}

/** The file with the header that a line sends to the API. */
export function headerFile(role) {
  return `${role}.header`;
}

/** The key that the edge has for a domain, and another one. */
export function readKeys(place, domain) {
  const file = join(place.folder, 'policies', `${domain}.key`);
  return { old: readFileSync(file, 'utf8').trim(), new: newSecret() };
}

/** 32 letters and digits, the longest key that the vendor's call takes. */
export function newSecret() {
  return randomBytes(16).toString('hex');
}

export function writeSecret(file, text) {
  writeFileSync(file, text, { mode: 0o600 });
}
