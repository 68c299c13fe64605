import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { repositoryRoot } from '../harness/runtimes';

const folder = path.join(repositoryRoot, 'dist/nginx/docker');

/** The sample environment file, as `docker run --env-file` reads it: NAME=value, nothing quoted or expanded. */
export function sampleEnvironment(): Record<string, string> {
  const lines = readFileSync(path.join(folder, 'edge-auth.env'), 'utf8').trimEnd().split('\n');
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
}

/**
 * What the official image's start script makes of its templates: each defined variable that the filter admits is replaced,
 * and nothing else is (envsubst has no defaults).
 */
export function filledTemplates(environment: Record<string, string>): Record<string, string> {
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
