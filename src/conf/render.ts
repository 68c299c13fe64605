/** `edge-auth render`: policies and templates in, nginx conf out. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeniedByNginx } from '../policy/live-policy';
import type { Policy } from '../policy/policy';
import { apiAbsent, apiFiles } from './api';
import { type CacheConf, cacheOf, keepsDecisions, uncachedValues } from './cache/cache';
import { sharedCacheLines } from './cache/shared';
import { headLine } from './head';
import { type LiveGuard, liveGuardOf } from './signing/live-guard';
import { signedConf } from './signing/shared';
import { epochOf, liveGuardValues, liveRemoteValues, unsignedOutcome } from './live';
import { hopQuestion, openFileLines } from './remote/hop';
import { roundaboutMap } from './map';
import { captureCure, signingValues } from './signing/values';
import { argumentMaps } from './remote/target';
import { assertOneMapEach, Names } from './names';
import { commonFiles, commonLines } from './common';
import { deciderOf, isNative, nativeConf, nativeShared } from './remote/native';
import { isLive, isNjsAtLeast, type RenderOptions, showsFirstCopy } from './options';
import { valuesOf } from './remote/values';
import { type Fill, openTemplates, type TemplateValues } from './template';
import { withoutUnread } from './unread';

export interface PolicySet {
  policies: Policy[];
  /** Domain → its policy file, to the letter. */
  texts: Map<string, string>;
}

/** `templates`: the folder of templates, with the built bundle `edge_auth.js` in it. Returns path below the output folder → content. */
export function renderFiles(
  { policies, texts }: PolicySet,
  options: RenderOptions,
  templates: string,
): Map<string, string> {
  if (options.engine && !isNjsAtLeast(options, [0, 8, 6])) {
    const given = options.njsVersion?.join('.') ?? 'none';
    throw new Error(`expected --njs-version 0.8.6 or later beside --engine, received ${given}`);
  }
  const fill = openTemplates(templates);
  const mark = (text: string): string => headLine(options) + text;
  const live = isLive(options);
  const files = new Map<string, string>();
  const on = policies.filter(({ enabled }) => enabled);
  const isTold = on.some(({ remoteAuth }) => remoteAuth && !isNative(remoteAuth, options));
  const caches = on.flatMap(({ remoteAuth }) => remoteAuth?.cache ?? []);
  for (const name of live ? liveScripts : ['edge_auth.js'])
    files.set(name, readFileSync(join(templates, name), 'utf8'));
  const remote = on.some(({ remoteAuth }) => remoteAuth);
  if (remote) for (const [path, content] of commonFiles(fill, options)) files.set(path, mark(content));
  const names = new Names();
  const http = new Set<string>();
  const deciders = new Map<string, string[]>();
  const shared = new Set<string>();
  const cleanUris = new Set<string>();
  for (const policy of policies.filter(({ enabled }) => !enabled && !live)) {
    const { domain } = policy;
    files.set(`servers/${domain}.conf`, mark(fill('server/off.conf', { EDGE_AUTH_DOMAIN: domain })));
  }
  const signed = signedConf(live ? [] : on, options, fill);
  for (const [path, content] of signed.files) files.set(path, mark(content));
  for (const { conf } of signed.sharedMaps) shared.add(`${conf}\n`);
  for (const line of signed.cleanUris) cleanUris.add(line);
  const addMaps = (values: TemplateValues): void => {
    for (const map of [values['EDGE_AUTH_SCOPE_MAP'], values['EDGE_AUTH_RATE_MAP']])
      if (map) shared.add(`${map}\n`);
  };
  const openFiles = openFileLines(caches.filter(keepsDecisions).length);
  for (const policy of live ? policies : on) {
    const { domain } = policy;
    const { remoteAuth, urlSigning } = policy.enabled ? policy : unprotected;
    const engine = options.engine ? `js_engine ${options.engine};` : '';
    const parts = { engine, notes: '', question: '', guard: '', remote: '' };
    const use = (guard: LiveGuard): LiveGuard => {
      for (const { conf } of guard.maps) shared.add(`${conf}\n`);
      cleanUris.add(`${guard.name} $${guard.cleanUri};`);
      return guard;
    };
    if (live) {
      if (!urlSigning) shared.add(`${unsignedOutcome.conf}\n`);
      const guard = urlSigning && use(liveGuardOf(urlSigning));
      if (guard)
        parts.notes = fill('server/signed-notes.conf', {
          EDGE_AUTH_FAST_NOTE: '',
          EDGE_AUTH_CAPTURE_CURE: captureCure(policy),
        });
      parts.guard = fill('server/guard-live.conf', liveGuardValues(policy, guard));
    } else if (urlSigning) {
      const values = signingValues(policy, urlSigning, signed.kindOf(urlSigning), options.prefix, fill);
      files.set(`keys/${domain}.conf`, mark(fill('server/keys.conf', values)));
      parts.notes = fill('server/signed-notes.conf', values);
      parts.guard = fill('server/guard.conf', values);
    }
    if (remoteAuth) parts.question = fill('server/question-first.conf', {});
    if (remoteAuth?.scope) shared.add(`${roundaboutMap.conf}\n`);
    if (remoteAuth && isNative(remoteAuth, options)) {
      const native = nativeConf(policy, remoteAuth, { options, names, fill, domains: on.length, isTold });
      for (const [path, content] of native.files) files.set(path, mark(content));
      for (const lines of native.http) http.add(lines);
      if (native.decider) {
        if (!deciders.has(native.decider)) deciders.set(native.decider, []);
        deciders.get(native.decider)!.push(domain);
      }
      shared.add(native.upstream);
      const values = valuesOf(policy, remoteAuth, options);
      addMaps(values);
      parts.remote = fill('server/remote.conf', {
        ...values,
        EDGE_AUTH_QUESTION: native.server,
        EDGE_AUTH_DENIED_LOCATION: isDeniedByNginx(remoteAuth) ? '' : fill('server/denied.conf', values),
      });
    } else if (remoteAuth) {
      const cache = cacheOf(policy, remoteAuth, texts.get(domain), options);
      const values: TemplateValues = {
        ...valuesOf(policy, remoteAuth, options),
        ...(live ? liveRemoteValues(policy, remoteAuth) : fixedRemoteValues),
        ...(cache?.values ?? uncachedValues),
        EDGE_AUTH_OPEN_FILES: cache?.questions ? openFiles : '',
        EDGE_AUTH_ANSWERED:
          cache?.questions && !isNjsAtLeast(options, [0, 8, 9]) ? fill('location/answered.conf', {}) : '',
      };
      for (const { conf } of cache?.maps ?? []) shared.add(`${conf}\n`);
      const denied = isDeniedByNginx(remoteAuth)
        ? ''
        : fill(`server/denied${live ? '-live' : ''}.conf`, values);
      const filled = fillDomain(fill, values, options, { kind: live ? '-live' : '', denied, cache });
      shared.add(fill('http/upstream.conf', values));
      addMaps(values);
      files.set(`ask/${domain}.conf`, mark(filled.ask));
      if (filled.decider) files.set(`domains/${domain}.conf`, mark(filled.decider));
      parts.remote = filled.remote;
    }
    files.set(`servers/${domain}.conf`, mark(fillServer(fill, domain, parts)));
  }
  const values = httpValues(fill, on, options);
  const hop =
    options.wiring === 'hop'
      ? fill('http/hop.conf', { EDGE_AUTH_DECIDER: options.decider, ...commonLines(options) })
      : '';
  const liveValues = {
    EDGE_AUTH_EPOCH: epochOf(texts),
    EDGE_AUTH_POLICIES: options.api?.policies ?? '',
  };
  if (live) cleanUris.add('~^live_ $edge_auth_live_clean_uri;');
  if (options.wiring === 'hop' && isTold) cleanUris.add(deciderCleanUri);
  const api = live && options.api ? apiFiles(fill, policies, options, options.api) : undefined;
  for (const [path, content] of api?.files ?? []) files.set(path, content);
  const httpConf = fill('http/http.conf', {
    ...values,
    EDGE_AUTH_LIVE: live ? fill('http/live.conf', liveValues) : '',
    EDGE_AUTH_API: api ? fill('api/api.conf', api.values) : options.api ? apiAbsent : '',
    EDGE_AUTH_SHARED: [...shared].sort().join(''),
    EDGE_AUTH_SIGNED: signed.conf,
    EDGE_AUTH_CLEAN_URI:
      cleanUris.size > 0
        ? fill('http/clean-uri.conf', { EDGE_AUTH_CLEAN_URIS: [...cleanUris].sort().join('\n') })
        : fill('http/clean-uri-unsigned.conf', {}),
    EDGE_AUTH_DECISIONS:
      remote || live
        ? fill('http/decisions.conf', {
            EDGE_AUTH_VERDICT: fill(isTold ? 'http/verdict-told.conf' : 'http/verdict-set.conf', {}),
          })
        : fill('http/undecided.conf', {}),
    EDGE_AUTH_REMOTE_SHARED: remote
      ? fill('http/remote.conf', {
          ...values,
          EDGE_AUTH_HOP: hop,
          EDGE_AUTH_FALLBACK: isTold ? fill('http/fallback.conf', {}) : '',
          EDGE_AUTH_NATIVE:
            http.size > 0
              ? nativeShared(options, fill) +
                [...http, ...[...deciders].map(([text, domains]) => deciderOf(text, domains))].join('')
              : '',
          EDGE_AUTH_CACHES: sharedCacheLines(fill, caches, options),
        })
      : '',
  });
  assertOneMapEach(httpConf);
  files.set('http.conf', mark(withoutUnread(httpConf, files.values())));
  return files;
}

/** The decider's, in the map `$edge_auth_clean_uri`: what the edge says. */
export const deciderCleanUri = 'hop $http_x_edge_auth_uri;';

/** The files that nginx imports where policies are live. */
const liveScripts = ['edge_auth_live.js', 'edge_auth_api.js'];

/** Of the values of `liveRemoteValues`, what a fixed policy has none of. */
const fixedRemoteValues = { EDGE_AUTH_LIVE_ASK: '' };

/** What a policy that is switched off asks for. */
const unprotected = { remoteAuth: undefined, urlSigning: undefined };

/** The file that a server includes: the question's way past everything, the guard, remote authentication. */
function fillServer(
  fill: Fill,
  domain: string,
  parts: { engine: string; notes: string; question: string; guard: string; remote: string },
): string {
  return fill('server/server.conf', {
    EDGE_AUTH_DOMAIN: domain,
    EDGE_AUTH_SIGNED_NOTES: parts.notes,
    EDGE_AUTH_ENGINE: parts.engine,
    EDGE_AUTH_QUESTION_FIRST: parts.question,
    EDGE_AUTH_GUARD: parts.guard,
    EDGE_AUTH_REMOTE: parts.remote,
  });
}

interface DomainParts {
  /** Which templates answer for the auth server. */
  kind: '' | '-live';
  /** The location that denies; empty where auth_request does so itself. */
  denied: string;
  cache?: CacheConf | undefined;
}

/** The files of one domain's remote authentication, and its part of the server. */
function fillDomain(
  fill: Fill,
  values: TemplateValues,
  options: Pick<RenderOptions, 'wiring' | 'prefix'>,
  { kind, denied, cache }: DomainParts,
): { ask: string; decider: string; remote: string } {
  const { wiring } = options;
  const own = commonLines(options);
  /** Where a question ends that got no answer; `variable` says why. */
  const unanswered = (variable: string, side: 'edge' | 'decider'): TemplateValues => ({
    EDGE_AUTH_UNANSWERED_LOCATION: fill('server/unanswered.conf', {
      EDGE_AUTH_UNANSWERED: variable,
      EDGE_AUTH_ANSWERED: side === 'edge' ? (values['EDGE_AUTH_ANSWERED'] ?? '') : '',
      EDGE_AUTH_UNANSWERED_END: fill(
        `location/unanswered${cache?.stale ? '-stale' : kind || '-fixed'}.conf`,
        {
          ...values,
          EDGE_AUTH_UNANSWERED: variable,
          EDGE_AUTH_STALE_KEY: cache?.stale?.[side] ?? '',
        },
      ),
    }),
  });
  const question = fill(`server/question-${wiring}.conf`, {
    ...values,
    ...own,
    ...unanswered(wiring === 'hop' ? '$edge_auth_hop_unanswered' : '$edge_auth_unanswered', 'edge'),
    ...(wiring === 'hop' ? hopQuestion(fill, { ...values, ...own }, cache) : {}),
    EDGE_AUTH_ANSWER_AGAIN: [
      fill('location/answer-again.conf', values).trimEnd(),
      values['EDGE_AUTH_SCOPE_CHECK'],
    ]
      .filter(Boolean)
      .join('\n'),
  });
  return {
    ask: fill('location/ask.conf', { ...values, ...own }),
    decider:
      wiring === 'hop'
        ? fill('http/decider.conf', { ...values, ...own, ...unanswered('$edge_auth_unanswered', 'decider') })
        : '',
    remote: fill('server/remote.conf', {
      ...values,
      EDGE_AUTH_QUESTION: question,
      EDGE_AUTH_DENIED_LOCATION: denied,
    }),
  };
}

function httpValues(fill: Fill, on: Policy[], options: RenderOptions): Record<string, string> {
  const njs = { EDGE_AUTH_NJS: options.njsVersion?.join('.') ?? '0.7.9' };
  return {
    ...njs,
    EDGE_AUTH_MODULE: `${options.prefix}/${isLive(options) ? 'edge_auth_live' : 'edge_auth'}.js`,
    EDGE_AUTH_SHARED_DICT: isNjsAtLeast(options, [0, 8, 0]) ? fill('http/shared-dict.conf', njs) : '',
    EDGE_AUTH_OTHER_COPIES: showsFirstCopy(options) ? fill('http/repeated.conf', {}) : '',
    EDGE_AUTH_ARGUMENT_MAPS: argumentMaps(on.flatMap(({ remoteAuth }) => remoteAuth ?? [])),
    EDGE_AUTH_DOMAINS: (options.wiring === 'hop' ? on : [])
      .filter(({ remoteAuth }) => remoteAuth && !isNative(remoteAuth, options))
      .map(({ domain }) => `include ${options.prefix}/domains/${domain}.conf;`)
      .join('\n'),
  };
}
