/**
 * The drop-in folder for those who fill templates with other tools: one domain, every value an environment variable, as the
 * official nginx image fills `/etc/nginx/templates` (NGINX_ENVSUBST_FILTER=EDGE_AUTH_). The build writes it.
 */

import { parsePolicy } from '../policy/policy';
import { uncachedValues } from './cache/cache';
import { roundaboutMap } from './map';
import { type RenderOptions } from './options';
import { valuesOf } from './remote/values';
import { ownLines } from './own';
import { deciderCleanUri, fillDomain, fillServer, fixedRemoteValues } from './render';
import { openTemplates, type TemplateValues } from './template';

/** What the sample values protect; each is a line of the sample environment file, to be changed there. */
const samplePolicy = '{ "remote_auth": { "auth_server": "http://auth:8080/auth" } }';
const options: RenderOptions = {
  wiring: 'hop',
  decider: 'unix:/run/edge-auth.sock',
  prefix: '/etc/nginx/conf.d/edge-auth',
  njsVersion: undefined,
  cache: { path: '/run/edge-auth-cache', size: '64m' },
};

/** The default value of every variable. Line breaks mean nothing in nginx conf, and an environment file has none. */
export function dropInDefaults(): TemplateValues {
  const { policy } = parsePolicy(samplePolicy, 'www.example.com.json');
  if (!policy?.remoteAuth) throw new Error('expected the sample policy to be valid');
  const values = {
    ...valuesOf(policy, policy.remoteAuth, options),
    EDGE_AUTH_ASK_FILE: `${options.prefix}/ask.conf`,
    EDGE_AUTH_MODULE: '/etc/nginx/edge_auth.js',
    EDGE_AUTH_SHARED_DICT: '',
    EDGE_AUTH_ARGUMENT_MAPS: '',
    EDGE_AUTH_OTHER_COPIES: '',
  };
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, value.replace(/\s*\n\s*/g, ' ').trim()]),
  );
}

/** `templates`: the folder of templates. Returns path below the drop-in folder → content. */
export function dropInFiles(templates: string): Map<string, string> {
  const fill = openTemplates(templates);
  const defaults = dropInDefaults();
  const names = Object.fromEntries(Object.keys(defaults).map((name) => [name, `\${${name}}`]));
  const values = { ...names, ...fixedRemoteValues, ...uncachedValues };
  const denied = fill('server/denied.conf', values);
  const { ask, decider, remote } = fillDomain(fill, values, options.wiring, { kind: '', denied });
  const question = fill('server/question-first.conf', {});
  const server = fillServer(fill, names['EDGE_AUTH_DOMAIN'] ?? '', {
    engine: '',
    notes: '',
    question,
    guard: '',
    remote,
  });
  const http = fill('http/http.conf', {
    ...names,
    EDGE_AUTH_NJS: '0.7.9',
    EDGE_AUTH_REMOTE_SHARED: fill('http/remote.conf', {
      ...names,
      EDGE_AUTH_HOP: fill('http/hop.conf', { ...names, ...ownLines(fill) }),
      EDGE_AUTH_DOMAINS: decider,
      EDGE_AUTH_FALLBACK: fill('http/fallback.conf', {}),
      EDGE_AUTH_NATIVE: '',
      EDGE_AUTH_CACHES: '',
    }),
    EDGE_AUTH_SHARED: `${fill('http/upstream.conf', names)}${roundaboutMap.conf}\n${names['EDGE_AUTH_SCOPE_MAP']}\n${names['EDGE_AUTH_RATE_MAP']}\n`,
    EDGE_AUTH_DECISIONS: fill('http/decisions.conf', {
      EDGE_AUTH_VERDICT: fill('http/verdict-told.conf', {}),
    }),
    EDGE_AUTH_SIGNED: '',
    EDGE_AUTH_CLEAN_URI: fill('http/clean-uri.conf', { EDGE_AUTH_CLEAN_URIS: deciderCleanUri }),
    EDGE_AUTH_LIVE: '',
    EDGE_AUTH_API: '',
  });
  const environment = Object.entries(defaults).map(([name, value]) => `${name}=${value}\n`);
  return new Map([
    ['templates/00-edge-auth.conf.template', http],
    ['templates/edge-auth/ask.conf.template', ask],
    ['templates/edge-auth/server.conf.template', server],
    ['edge-auth.env', `NGINX_ENVSUBST_FILTER=EDGE_AUTH_\n${environment.join('')}`],
  ]);
}
