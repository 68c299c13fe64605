/** Turns a policy's `url_signing` into the values of its templates. Everything here has passed the policy's validation. */

import type { Policy, UrlSigning } from '../../policy/policy';
import type { Fill, TemplateValues } from '../template';
import { denial, quoted } from '../text';
import { foundVariable, isInPathType, type Kind } from './kind';
import { hashedText } from './form-map';
import { vendorErrorName } from './vendor-error';

/** What a domain without a question says of a request that the guard let through. */
export const guardOnly = 'set $edge_auth_decision allow;\nset $edge_auth_reason   $edge_auth_guard;';

/** `variable`: without `$`, with the vendor's words for a refusal; empty where they are not wanted. */
export const vendorErrorLine = (variable: string): string =>
  variable ? `add_header X-Tengine-Error $${variable} always;` : '';
/** An auth request goes through the lines above the include once more, without captures. */
export function captureCure(policy: Policy): string {
  return policy.remoteAuth
    ? 'name the capture.'
    : 'name the capture, or `set $site $2;` above the include line.';
}

const fastNote =
  "# (!) A `secure_link` of your own in this server {} reads this one's verdict: with one in nginx's conf, render there or with --no-native.";

export function signingValues(
  policy: Policy,
  signing: UrlSigning,
  kind: Kind,
  prefix: string,
  fill: Fill,
): TemplateValues {
  const [first, second] = signing.keys;
  if (first === undefined) throw new Error(`${policy.domain}: expected a key, received none`);
  const isSwapped = kind.isFast && second !== undefined;
  return {
    EDGE_AUTH_DOMAIN: policy.domain,
    EDGE_AUTH_KIND: kind.name,
    EDGE_AUTH_CAPTURE_CURE: captureCure(policy),
    EDGE_AUTH_FAST_NOTE: kind.isFast ? fastNote : '',
    EDGE_AUTH_STRIP_PATH: isInPathType(signing) ? stripPath(signing, kind) : '',
    EDGE_AUTH_KEYS_FILE: `${prefix}/keys/${policy.domain}.conf`,
    // What secure_link has tried is the second that JavaScript tries.
    EDGE_AUTH_KEY: quoted(isSwapped ? second : first),
    EDGE_AUTH_SECOND_KEY:
      second === undefined ? '' : `set $edge_auth_key2 ${quoted(isSwapped ? first : second)};`,
    EDGE_AUTH_NO_KEY: [
      'set    $edge_auth_key      "";',
      ...(second === undefined ? [] : ['set    $edge_auth_key2     "";']),
    ].join('\n'),
    EDGE_AUTH_FAST_TEXT: kind.isFast ? `secure_link_md5 ${quoted(hashedText(signing, first))};` : '',
    EDGE_AUTH_TOKEN: kind.isFast ? `secure_link $${kind.name}_token;` : '',
    EDGE_AUTH_JUDGE: kind.isScoped
      ? `# (!) Not \`set\`, which would judge twice, and no name of a map, which nginx would replace.\nif ($${kind.name}_need ~ "^(?<edge_auth_guard>.*)") {\n}`
      : '',
    EDGE_AUTH_REFUSED: kind.isScoped
      ? `$edge_auth_guard !~ "^(?:signed|white_list|out_of_scope)$"`
      : `$${kind.name}_outcome != signed`,
    EDGE_AUTH_REASON: `set    $edge_auth_reason   $${kind.isScoped ? 'edge_auth_guard' : `${kind.name}_outcome`};`,
    EDGE_AUTH_REFUSED_LOCATION: fill('server/refused.conf', {
      EDGE_AUTH_VENDOR_ERROR: vendorErrorLine(signing.vendorErrorHeader ? vendorErrorName(signing) : ''),
      EDGE_AUTH_REFUSED_STATUS: denial(signing.denyStatus),
    }),
    EDGE_AUTH_STRIP_ARGS: isInPathType(signing) ? '' : stripArgs(signing, kind),
    EDGE_AUTH_GUARD_ONLY: policy.remoteAuth
      ? ''
      : `set $edge_auth_decision allow;\nset $edge_auth_reason   ${kind.isScoped ? '$edge_auth_guard' : 'signed'};`,
  };
}

/** In front of all else: the path that is judged is the one that is served. */
function stripPath(signing: UrlSigning, { name }: Kind): string {
  const isC = signing.type === 'C';
  const args = signing.keepArgsForOrigin ? 'edge_auth_left_args' : 'args';
  return [
    `set $edge_auth_step "$${name}_form\${edge_auth_s_front}$edge_auth_guarded${isC ? '$edge_auth_args_stay' : ''}";`,
    'if ($edge_auth_step = "/") {',
    '    rewrite "(?s)^/[^/]+/[^/]+(/.*)$" $1;',
    '}',
    ...(isC ? ['if ($edge_auth_step = "") {', `    set $${args} $${name}_args;`, '}'] : []),
    'set $edge_auth_guarded 1;',
  ].join('\n');
}

function stripArgs(signing: UrlSigning, kind: Kind): string {
  const found = foundVariable(kind.name, signing, kind.isFast);
  if (signing.keepArgsForOrigin) {
    // Patterns that may run no later than here, where no location's captures are in use.
    const read = signing.type === 'A' ? [] : [`set $edge_auth_left_args $${kind.name}_args;`];
    return [...(kind.isScoped ? [`set $edge_auth_step $${found};`] : []), ...read].join('\n');
  }
  const step = kind.isScoped
    ? [`set $edge_auth_step "$${found}$edge_auth_args_stay";`, 'if ($edge_auth_step = "") {']
    : ['if ($edge_auth_args_stay = "") {'];
  return [
    ...step,
    `    set $args                $${kind.name}_args;`,
    '    set $edge_auth_args_stay 1;',
    '}',
  ].join('\n');
}
