/** The part of http.conf that signed URLs need, and the files beside it: kinds of signing, each shared by the domains that sign so. */

import type { Policy, UrlSigning } from '../../policy/policy';
import type { NamedMap } from '../map';
import type { RenderOptions } from '../options';
import type { Fill } from '../template';
import { type Kind, kindKey, kindNames, kindOf } from './kind';
import { hashTables } from './native';
import { vendorErrorMap } from './vendor-error';

export interface SignedConf {
  kindOf: (signing: UrlSigning) => Kind;
  conf: string;
  /** Path below the output folder → content. */
  files: Map<string, string>;
  sharedMaps: NamedMap[];
  /** Entries of the map `$edge_auth_clean_uri`. */
  cleanUris: string[];
}

export function signedConf(policies: Policy[], options: RenderOptions, fill: Fill): SignedConf {
  const signings = policies.flatMap(({ domain, urlSigning }) => (urlSigning ? [{ domain, urlSigning }] : []));
  const names = kindNames(signings.map(({ urlSigning }) => urlSigning));
  const domains = new Map<string, string[]>();
  for (const { domain, urlSigning } of signings) {
    const key = kindKey(urlSigning);
    domains.set(key, [...(domains.get(key) ?? []), domain]);
  }
  const kinds = new Map<string, Kind>();
  const settings = {
    fill,
    prefix: options.prefix,
    native:
      options.native !== false &&
      options.edge?.hasSecureLink !== false &&
      options.edge?.usesSecureLink !== true,
    written: new Set<string>(),
  };
  for (const { urlSigning } of signings) {
    const key = kindKey(urlSigning);
    if (!kinds.has(key))
      kinds.set(key, kindOf(names.get(key) ?? '', urlSigning, domains.get(key) ?? [], settings));
  }
  const all = [...kinds.values()];
  const isFast = all.some((kind) => kind.isFast);
  const sums = new Map(all.flatMap((kind) => [...kind.sums]));
  const conf = fill('http/signed.conf', {
    EDGE_AUTH_HASH_TABLES: isFast
      ? fill('http/signed-tables.conf', { EDGE_AUTH_TABLES: `${options.prefix}/signing` })
      : '',
    EDGE_AUTH_SUMS: [...sums.values()].join(''),
    EDGE_AUTH_LINES: all.map(({ name, line }) => `${name} ${line};`).join('\n'),
    EDGE_AUTH_AGAIN: signings.some(({ urlSigning }) => urlSigning.keys.length > 1)
      ? fill('http/signed-again.conf', {
          EDGE_AUTH_LINES: all.map(({ name, lineAgain }) => `${name} ${lineAgain};`).join('\n'),
        })
      : fill('http/signed-once.conf', {}),
  });
  return {
    kindOf: (signing) => {
      const kind = kinds.get(kindKey(signing));
      if (!kind) throw new Error('expected the kind of each policy, received a policy without');
      return kind;
    },
    conf: all.length > 0 ? [conf, ...all.map((kind) => kind.conf)].join('') : '',
    files: new Map([
      ...(isFast ? hashTables(fill, options.prefix) : []),
      ...all.flatMap((kind) => [...kind.tables]),
    ]),
    sharedMaps: [
      ...all.flatMap((kind) => kind.shared),
      ...signings.flatMap(({ urlSigning }) => vendorErrorMap(urlSigning)),
    ],
    cleanUris: all.map(({ name }) => `${name} $${name}_clean;`),
  };
}
