import { addressKind, isIPv4, isIPv6 } from './address-kind';
import type { Report } from './issue';
import { describe } from './issue';
import { isHostName } from './host-name';

export { addressKind, type AddressKind } from './address-kind';

export interface AuthServer {
  scheme: 'http' | 'https';
  /** A name or IPv4 address in lower case, or [IPv6]. */
  host: string;
  port: number;
  /** The host, with `:port` unless it is the scheme's default. */
  hostHeader: string;
  /** '' or '/…' exactly as written. */
  path: string;
}

const ADDRESS = /^(https?):\/\/(\[[0-9A-Fa-f:.]+\]|[^[\]:/]+)(?::([0-9]+))?(\/.*)?$/;

/** Parses an address that the schema's pattern let through; `report` gets what a pattern cannot say. */
export function parseAuthServer(text: string, pointer: string, report: Report): AuthServer | undefined {
  const parts = ADDRESS.exec(text);
  if (parts === null) return refuse('http(s)://host[:port][/path]');
  const scheme = parts[1] === 'https' ? 'https' : 'http';
  const host = parts[2]!.toLowerCase();
  const path = parts[4] ?? '';
  const defaultPort = scheme === 'https' ? 443 : 80;
  const port = parts[3] === undefined ? defaultPort : Number(parts[3]);
  if (!isHost(host)) return refuse('a host name, an IPv4 address a.b.c.d or an [IPv6] address as host');
  if (port < 1 || port > 65535) return refuse('a port 1-65535');
  // Encoded, these survive into nginx variables and out again as raw bytes; a dot segment would be resolved by some server.
  if (/%(?:[01]|7f)/i.test(path)) return refuse('a path without encoded control characters');
  if (/\/(?:\.|%2e){1,2}(?:\/|$)/i.test(path)) return refuse('a path without "." and ".." segments');
  return { scheme, host, port, hostHeader: port === defaultPort ? host : `${host}:${port}`, path };

  function refuse(expected: string): undefined {
    report(pointer, expected, describe(text));
    return undefined;
  }
}

function isHost(host: string): boolean {
  if (host.startsWith('[')) return isIPv6(host.slice(1, -1));
  const name = host.replace(/\.$/, '');
  // Resolvers read 127.1, 2130706433 and 0x7f.0.0.1 as IPv4 addresses: only the plain form is let through.
  const isNumeric = /(?:^|\.)(?:[0-9]+|0x[0-9a-f]*)$/.test(name);
  return isNumeric ? isIPv4(host) : isHostName(name);
}

/** Does the address name this very host? Alibaba's console refuses such addresses. */
export function isLocal(server: AuthServer): boolean {
  const kind = addressKind(server.host);
  return kind === 'loopback' || kind === 'unspecified';
}

/** All entries answer the same question: one scheme and one path, and each address once. */
export function checkTogether(
  servers: readonly (AuthServer | undefined)[],
  pointerOf: (i: number) => string,
  report: Report,
): void {
  const first = servers.find((server) => server !== undefined);
  const seen = new Set<string>();
  servers.forEach((server, i) => {
    if (first === undefined || server === undefined) return;
    const { scheme, path, host, port } = server;
    if (scheme !== first.scheme)
      report(pointerOf(i), `the scheme of the first auth_server, ${first.scheme}`, scheme);
    if (path !== first.path)
      report(pointerOf(i), `the path of the first auth_server, ${describe(first.path)}`, describe(path));
    const address = `${host}:${port}`;
    if (seen.has(address)) report(pointerOf(i), 'each auth_server once', `${address} again`);
    seen.add(address);
  });
}
