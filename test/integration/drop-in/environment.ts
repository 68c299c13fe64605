// The drop-in folder as docker, docker compose and the official image's start script read it.
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { repositoryRoot } from '../harness/runtimes';

const folder = path.join(repositoryRoot, 'dist/nginx/docker');

export type Environment = Record<string, string | undefined>;
type Reader = (value: string) => string;

/** `docker run --env-file`: nothing is quoted or expanded. */
export const docker: Reader = (value) => value;

/** `env_file` of docker compose: quotes go, and `$name` and `${name}` become what the host has, here nothing. */
export const compose: Reader = (value) => {
  const text = value.trim().replace(/\s+#.*$/, '');
  const [, single, double] = /^(?:'(.*)'|"(.*)")$/.exec(text) ?? [];
  return single ?? (double ?? text).replace(/\$\{[^}]*\}|\$\w+/g, '');
};

/** The sample environment file. */
export function sampleEnvironment(reader: Reader): Record<string, string> {
  const lines = readFileSync(path.join(folder, 'edge-auth.env'), 'utf8').trimEnd().split('\n');
  return Object.fromEntries(
    lines
      .filter((line) => !line.startsWith('#'))
      .map((line) => [line.slice(0, line.indexOf('=')), reader(line.slice(line.indexOf('=') + 1))]),
  );
}

/**
 * What the official image's start script makes of its templates: each defined variable that the filter admits is replaced,
 * and nothing else is (envsubst has no defaults).
 */
export function filledTemplates(environment: Environment): Record<string, string> {
  const filter = new RegExp(environment['NGINX_ENVSUBST_FILTER'] ?? '');
  const templates = readdirSync(path.join(folder, 'templates'), { recursive: true, encoding: 'utf8' });
  return Object.fromEntries(
    templates
      .filter((name) => name.endsWith('.template'))
      .map((name) => {
        const text = readFileSync(path.join(folder, 'templates', name), 'utf8');
        const filled = text.replace(
          /\$\{(\w+)\}|\$(\w+)/g,
          (written: string, braced?: string, bare?: string) => {
            const value = environment[braced ?? bare ?? ''];
            return value !== undefined && filter.test(braced ?? bare ?? '') ? value : written;
          },
        );
        return [`/etc/nginx/conf.d/${name.replace(/\.template$/, '')}`, filled];
      }),
  );
}

export function bundle(): string {
  return readFileSync(path.join(repositoryRoot, 'dist/nginx/edge_auth.js'), 'utf8');
}
