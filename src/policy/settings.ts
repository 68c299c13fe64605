import schema from './policy.schema.json';
import type { DecisionCache, RemoteAuthentication, TLS } from './schema-types';

/** `remote_auth` with its lists spread and every default filled in. Faulty entries of a list are holes: read it with `forEach`. */
export type Settings = Required<
  Omit<RemoteAuthentication, 'preset' | 'scope' | 'tls' | 'cache' | keyof Lists>
> &
  Lists & {
    preset: RemoteAuthentication['preset'] | undefined;
    scope: ScopeSettings | undefined;
    tls: TLS;
    cache: DecisionCache | undefined;
  };

interface Lists {
  auth_server: string[];
  keep_args: 'all' | 'none' | string[];
  add_args: Record<string, string>;
  keep_headers: 'all' | 'none' | string[];
  add_headers: Record<string, string>;
  success_status: (number | string)[];
  failure_status: (number | string)[];
}

export interface ScopeSettings {
  file_types?: string[];
  paths?: string[];
  exclude_file_types?: string[];
  exclude_paths?: string[];
  exclude_methods?: string[];
  case_sensitive: boolean;
}

const fields = schema.properties.remote_auth;

const defaults = Object.fromEntries(
  Object.entries(fields.properties).flatMap(([name, field]) =>
    'default' in field ? [[name, field.default]] : [],
  ),
);

/** Fields as written over those of the preset over the defaults; presets and defaults stand in the schema only. */
export function withDefaults(written: Partial<Settings>): Settings {
  const preset: Record<string, unknown> =
    written.preset === undefined ? {} : fields['x-presets'][written.preset];
  const caseSensitive = (preset['scope'] as Partial<ScopeSettings> | undefined)?.case_sensitive;
  const scope = written.scope && {
    ...written.scope,
    case_sensitive:
      written.scope.case_sensitive ?? caseSensitive ?? schema.$defs.scope.properties.case_sensitive.default,
  };
  return {
    tls: {},
    auth_server: [],
    ...defaults,
    ...preset,
    preset: undefined,
    ...written,
    scope,
  } as Settings;
}
