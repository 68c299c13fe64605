/** The lines that set `$edge_auth_target`, and how the policy's variables are spelled in conf. */

import { anySpelling } from '../../core/argument-name';
import { variablesIn } from '../../policy/lists';
import type { RemoteAuth, ValuePart } from '../../policy/policy';
import { mapEntry, type NamedMap } from '../map';
import type { Names } from '../names';
import { digestOf, quoted, setLines } from '../text';

/** The policy's variables mean the client's request; these are the nginx variables that hold it where the question is asked. */
const clientVariables: Record<string, string> = {
  args: 'edge_auth_args',
  http_host: 'edge_auth_host',
  remote_addr: 'edge_auth_addr',
  request_method: 'edge_auth_method',
  request_uri: 'edge_auth_request_uri',
  scheme: 'edge_auth_scheme',
  server_protocol: 'edge_auth_protocol',
  uri: 'edge_auth_request_path',
};

/** The nginx variable of a policy variable, without `$`. An argument's needs the map of `argumentMaps`. */
export function nginxVariable(name: string): string {
  return name.startsWith('arg_')
    ? argumentVariable(name.slice(4))
    : (clientVariables[name] ?? name.toLowerCase());
}

/** A digest keeps apart what differs in case only, and is short: with `_v` after it, PCRE before 10.44 reads no name above 32. */
function argumentVariable(name: string): string {
  return `edge_auth_arg_${digestOf(name)}`;
}

/** nginx's own `$arg_name` ignores case and is the question's, so header values read the client's arguments through maps. */
export function argumentMaps(policies: RemoteAuth[]): string {
  const read = variablesIn(policies.flatMap((auth) => auth.addHeaders));
  const names = new Set(read.filter((name) => name.startsWith('arg_')).map((name) => name.slice(4)));
  return [...names]
    .sort()
    .map((name) => {
      const pattern = `~^\\?(?:[^&]*&)*?${anySpelling(name)}(?:=(?<${argumentVariable(name)}_v>[^&]*))?(?:&|$)`;
      return `map $edge_auth_query $${argumentVariable(name)} {\n    default "";\n    ${quoted(pattern)} $${argumentVariable(name)}_v;\n}`;
    })
    .join('\n');
}

function addedArgument(part: ValuePart): string {
  if ('literal' in part) return encodeURIComponent(part.literal);
  return `<${part.variable.startsWith('arg_') ? part.variable : nginxVariable(part.variable)}>`;
}

export function targetLines(auth: RemoteAuth): string {
  const base = auth.authServers[0]?.path ?? '';
  const isFixed = auth.authPath === 'fixed';
  if (!isFixed && auth.keepArgs === 'all' && auth.addArgs.length === 0)
    return `set $edge_auth_target ${quoted(`${base.replace(/\/$/, '')}$edge_auth_request_uri`)};`;
  const path = isFixed ? base || '/' : `${base.replace(/\/$/, '')}$edge_auth_request_path`;
  const keep = auth.keepArgs;
  if (typeof keep === 'string' && auth.addArgs.length === 0) {
    const query = keep === 'all' ? '$edge_auth_query' : '';
    return `set $edge_auth_target ${quoted(path + query)};`;
  }
  const added = auth.addArgs.map(({ name, value }) => `${name}=${value.map(addedArgument).join('')}`);
  return [
    `set $edge_auth_path      ${quoted(path)};`,
    ...setLines('edge_auth_keep_args', typeof keep === 'string' ? keep : keep.join(' ')),
    ...setLines('edge_auth_add_args', added.join('&')),
    'set $edge_auth_target    $edge_auth_built_target;',
  ].join('\n');
}

export interface RequestTarget {
  /** What follows the server in proxy_pass. */
  text: string;
  /** Lines of the location that come first. */
  lines: string;
  maps: NamedMap[];
}

/** The target of the auth request, in a conf where the edge builds it and has refused a path that is ambiguous. */
export function requestTarget(auth: RemoteAuth, names: Names, verdict: string): RequestTarget {
  const base = auth.authServers[0]?.path ?? '';
  const folder = base.replace(/\/$/, '');
  const keep = auth.keepArgs;
  if (typeof keep !== 'string' || auth.addArgs.length > 0) {
    const lines = targetLines(auth).replace(/\nset \$edge_auth_target .*$/, '');
    return { text: '$edge_auth_built_target', lines: atEdgeText(`${lines}\n${unbuilt(verdict)}`), maps: [] };
  }
  // (!) A proxy_pass without variables costs 2,000 instructions less than one with.
  if (auth.authPath === 'fixed')
    return { text: base || '/', lines: keep === 'all' ? 'set $args $edge_auth_client_args;' : '', maps: [] };
  if (keep === 'all') return { text: `${folder}$edge_auth_request_uri`, lines: '', maps: [] };
  const entries = ['    default "";', mapEntry('^(?<edge_auth_tp>[^?]+)', quoted(`${folder}$edge_auth_tp`))];
  const name = `edge_auth_target_${names.nameOf(folder.slice(1) || 'path', entries.join('\n'))}`;
  const conf = [
    "# The client's path, without arguments.",
    `map $edge_auth_request_uri $${name} {`,
    ...entries,
    '}',
  ];
  return { text: `$${name}`, lines: '', maps: [{ name, conf: conf.join('\n') }] };
}

/** The target could not be built, which the error log explains. */
const unbuilt = (verdict: string): string =>
  ['if ($edge_auth_built_target = "") {', `    set    ${verdict} "deny error";`, '    return 403;', '}'].join(
    '\n',
  );

/** Of a text with the decider's variables of the client's request. */
function atEdgeText(text: string): string {
  const edge: Record<string, string> = {
    addr: 'remote_addr',
    host: 'edge_auth_client_host',
    method: 'request_method',
    protocol: 'server_protocol',
    scheme: 'scheme',
  };
  return text.replace(
    /<edge_auth_(addr|host|method|protocol|scheme)>/g,
    (_all, name: string) => `<${edge[name]}>`,
  );
}
