/** The options of `render` that turn on the runtime configuration API. */

import { readFileSync } from 'node:fs';
import { isIPv4, isIPv6 } from 'node:net';
import { resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { isHostName } from '../policy/host-name';
import { sha256 } from '../policy/live-policy';
import type { ApiSettings } from '../conf/options';

export interface ApiOptions {
  api?: string;
  apiTokens?: string;
  apiPolicies?: string;
  apiAllowRemote?: boolean;
  apiHost: string[];
  apiAllowAuthServer: string[];
  apiLog: string;
}

function parseListen(value: string): string {
  if (/^unix:\/[A-Za-z0-9._/-]+$/.test(value) && value.length <= 'unix:'.length + 107) return value;
  const { host, port } = splitAddress(value);
  const isAddress = isIPv4(host) || (host.startsWith('[') && isIPv6(host.slice(1, -1)));
  if (isAddress && port >= 1 && port <= 65535) return value;
  throw new InvalidArgumentError(
    'expected unix:/path of at most 107 characters or an IP address with a port, such as 127.0.0.1:9181',
  );
}

function splitAddress(value: string): { host: string; port: number } {
  const [, host = '', port = ''] = /^(\[[0-9A-Fa-f:.]+\]|[^:]+):([1-9]\d{0,4})$/.exec(value) ?? [];
  return { host, port: Number(port) };
}

function parsePath(value: string): string {
  if (!/^\/[A-Za-z0-9._/-]*[A-Za-z0-9._-]$/.test(value)) {
    throw new InvalidArgumentError('expected an absolute path of letters, digits, ".", "_", "-" and "/"');
  }
  return value;
}

function addHost(value: string, before: string[]): string[] {
  const { host, port } = splitAddress(value.includes(':') && !value.endsWith(']') ? value : `${value}:1`);
  const isAddress = isIPv4(host) || (host.startsWith('[') && isIPv6(host.slice(1, -1)));
  if (!(isAddress || isHostName(host)) || !(port >= 1 && port <= 65535)) {
    throw new InvalidArgumentError('expected a host name or an IP address, perhaps with a port');
  }
  return [...before, value.toLowerCase()];
}

export function addApiOptions(command: Command): Command {
  return command
    .option(
      '--api <address>',
      'serve the runtime configuration API here, and read policies while nginx runs: unix:/path or a loopback address with a port',
      parseListen,
    )
    .option('--api-tokens <file>', 'who may use it: a line "read TOKEN" or "write TOKEN" each')
    .option(
      '--api-policies <dir>',
      'where the edge finds the policies (default: the absolute path of --policies)',
      parsePath,
    )
    .option('--api-allow-remote', 'let --api name an address that is not loopback')
    .option(
      '--api-host <host>',
      'a further value of Host that it answers to, perhaps with a port; may be repeated',
      addHost,
      [],
    )
    .option(
      '--api-allow-auth-server <host>',
      'an auth server, perhaps with a port, that policies may name although it is the edge itself or link-local; may be repeated',
      addHost,
      [],
    )
    .option('--api-log <file>', 'log of changes', parsePath, '/var/log/nginx/edge-auth-api.log');
}

/** What the options say, or undefined without `--api`. Throws for options that do not fit together. */
export function apiSettings(options: ApiOptions, policies: string): ApiSettings | undefined {
  const { api, apiTokens } = options;
  if (api === undefined) {
    if (apiTokens !== undefined) throw new Error('expected --api beside --api-tokens, received none');
    return undefined;
  }
  if (apiTokens === undefined) throw new Error('expected --api-tokens beside --api, received none');
  const isUnix = api.startsWith('unix:');
  const { host, port } = splitAddress(api);
  if (!isUnix && !/^127\.|^\[::1\]$/.test(host) && !options.apiAllowRemote) {
    throw new Error(
      `expected a loopback address or unix:/path for --api, or --api-allow-remote beside it, received ${api}: the API speaks plain HTTP`,
    );
  }
  const own = isUnix
    ? ['localhost']
    : [`${host}:${port}`, ...(/^127\.|^\[::1\]$/.test(host) ? [`localhost:${port}`] : [])];
  return {
    listen: api,
    tokens: parseTokens(readFileSync(apiTokens, 'utf8'), apiTokens),
    policies: options.apiPolicies ?? parsePath(resolve(policies)),
    hosts: [...own, ...options.apiHost],
    allowed: options.apiAllowAuthServer,
    log: options.apiLog,
  };
}

/** `role:digest` of each line, with one space between. No message holds a token. */
export function parseTokens(text: string, file: string): string {
  const tokens = new Map<string, string>();
  text.split('\n').forEach((line, i) => {
    const trimmed = line.trim();
    if (trimmed === '' || trimmed.startsWith('#')) return;
    const [, role, token] = /^(read|write)[ \t]+([!-~]{16,256})$/.exec(trimmed) ?? [];
    if (role === undefined || token === undefined) {
      throw new Error(
        `${file}: expected "read TOKEN" or "write TOKEN", the token being 16-256 visible ASCII characters, in line ${i + 1}, received something else`,
      );
    }
    const digest = sha256(token);
    if (tokens.has(digest))
      throw new Error(`${file}: expected each token once, received it again in line ${i + 1}`);
    tokens.set(digest, role);
  });
  if (tokens.size === 0)
    throw new Error(`${file}: expected a line "read TOKEN" or "write TOKEN", received none`);
  return [...tokens].map(([digest, role]) => `${role}:${digest}`).join(' ');
}
