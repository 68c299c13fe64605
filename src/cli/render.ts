/** `edge-auth render`: policies and templates in, nginx conf out. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Policy, RemoteAuth } from '../policy/policy';
import { argumentMaps } from './conf-target';
import { isNjsAtLeast, type RenderOptions, valuesOf, type Wiring } from './conf-values';
import { openTemplates, type TemplateValues } from './template';
import { generatedMark } from './write-files';

interface Protected {
  policy: Policy;
  auth: RemoteAuth;
}

/** `templates`: the folder of templates, with the built bundle `edge_auth.js` in it. Returns path below the output folder → content. */
export function renderFiles(
  policies: Policy[],
  options: RenderOptions,
  templates: string,
): Map<string, string> {
  const fill = openTemplates(templates);
  const mark = (text: string): string => `${generatedMark}: changes are lost at the next render.\n${text}`;
  const files = new Map<string, string>([
    ['edge_auth.js', readFileSync(join(templates, 'edge_auth.js'), 'utf8')],
  ]);
  const on: Protected[] = [];
  for (const policy of policies) {
    if (policy.enabled && policy.remoteAuth) on.push({ policy, auth: policy.remoteAuth });
    else
      files.set(
        `servers/${policy.domain}.conf`,
        mark(`# edge-auth: the policy of ${policy.domain} is switched off.\n`),
      );
  }
  const shared = new Set<string>();
  for (const { policy, auth } of on) {
    const values = valuesOf(policy, auth, options);
    const texts = fillDomain(fill, values, options.wiring);
    shared.add(fill('upstream.conf', values));
    for (const map of [values['EDGE_AUTH_SCOPE_MAP'], values['EDGE_AUTH_RATE_MAP']])
      if (map) shared.add(`${map}\n`);
    files.set(`ask/${policy.domain}.conf`, mark(texts.ask));
    if (texts.decider) files.set(`domains/${policy.domain}.conf`, mark(texts.decider));
    files.set(`servers/${policy.domain}.conf`, mark(texts.server));
  }
  files.set(
    'http.conf',
    mark(
      fill('http.conf', {
        ...httpValues(on, options),
        EDGE_AUTH_HOP:
          options.wiring === 'hop' ? fill('hop.conf', { EDGE_AUTH_DECIDER: options.decider }) : '',
        EDGE_AUTH_SHARED: [...shared].sort().join(''),
      }),
    ),
  );
  return files;
}

/** The three files of one domain. */
export function fillDomain(
  fill: ReturnType<typeof openTemplates>,
  values: TemplateValues,
  wiring: Wiring,
): { ask: string; decider: string; server: string } {
  /** Where a question ends that got no answer; `variable` says why. */
  const unanswered = (variable: string): TemplateValues => ({
    EDGE_AUTH_UNANSWERED_LOCATION: fill('unanswered.conf', { ...values, EDGE_AUTH_UNANSWERED: variable }),
  });
  const question = fill(`question-${wiring}.conf`, {
    ...values,
    ...unanswered(wiring === 'hop' ? '$edge_auth_hop_unanswered' : '$edge_auth_unanswered'),
    EDGE_AUTH_ANSWER_AGAIN: [fill('answer-again.conf', values).trimEnd(), values['EDGE_AUTH_SCOPE_CHECK']]
      .filter(Boolean)
      .join('\n'),
  });
  return {
    ask: fill('ask.conf', values),
    decider:
      wiring === 'hop' ? fill('decider.conf', { ...values, ...unanswered('$edge_auth_unanswered') }) : '',
    server: fill('server.conf', { ...values, EDGE_AUTH_QUESTION: question }),
  };
}

function httpValues(on: Protected[], options: RenderOptions): Record<string, string> {
  return {
    EDGE_AUTH_MODULE: `${options.prefix}/edge_auth.js`,
    EDGE_AUTH_SHARED_DICT: isNjsAtLeast(options, [0, 8, 0])
      ? 'js_shared_dict_zone zone=edge_auth_logged:64k;'
      : '',
    EDGE_AUTH_ARGUMENT_MAPS: argumentMaps(on.map(({ auth }) => auth)),
    EDGE_AUTH_DOMAINS: (options.wiring === 'hop' ? on : [])
      .map(({ policy }) => `include ${options.prefix}/domains/${policy.domain}.conf;`)
      .join('\n'),
  };
}
