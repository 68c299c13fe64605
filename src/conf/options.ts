/** What a render is told beside the policies, and what the edge's njs can do. */

export interface CacheSettings {
  /** Folder of nginx's cache files, absolute. */
  path: string;
  /** What they may take, as nginx writes a size. */
  size: string;
}

export type Wiring = 'hop' | 'inline';

export interface ApiSettings {
  /** Where it listens, as nginx writes it: `127.0.0.1:9181` or `unix:/run/edge-auth-api.sock`. */
  listen: string;
  /** `role:digest` with one space between; a digest is the SHA-256 of a token in hex. */
  tokens: string;
  /** The folder of policies on the edge. */
  policies: string;
  /** Values of `Host` that it answers to. */
  hosts: string[];
  /** Auth servers, `host` or `host:port`, that a policy may name although they are the edge itself, link-local or a metadata service. */
  allowed: string[];
  /** The log of changes. */
  log: string;
}

/** Are policies to be live, and does the edge's njs have memory that its workers share? */
export function isLive(options: RenderOptions): boolean {
  return options.api !== undefined && (!options.njsVersion || isNjsAtLeast(options, [0, 8, 0]));
}

export type Release = [number, number, number];

/** What the edge's nginx says of itself. Undefined: nobody could ask. */
export interface EdgeFacts {
  nginxVersion?: Release | undefined;
  /** The oldest njs that it may have. */
  njsVersion?: Release | undefined;
  /** Modules that it was built with. */
  hasSecureLink?: boolean | undefined;
  /** The operator's own conf has a `secure_link`. */
  usesSecureLink?: boolean | undefined;
  hasAuthRequest?: boolean | undefined;
  hasHttp2?: boolean | undefined;
  hasSlice?: boolean | undefined;
}

export interface RenderOptions {
  wiring: Wiring;
  /** Where the decider listens, as nginx writes it: `unix:/run/edge-auth.sock` or `127.0.0.1:9080`. */
  decider: string;
  /** Where the rendered folder lies on the edge. */
  prefix: string;
  /** The njs release of the edge or an older one, or undefined: then the conf suits all of them. */
  njsVersion: Release | undefined;
  /** What the edge says of itself. */
  edge?: EdgeFacts | undefined;
  /** For the head of each file: the version of edge-auth, the options, and where the njs release is from. */
  made?: string | undefined;
  /** The runtime configuration API; with it policies are live. */
  api?: ApiSettings | undefined;
  /** Where nginx keeps decisions. */
  cache: CacheSettings;
  /** False: JavaScript judges also what nginx could. */
  native?: boolean;
  /** The engine of protected servers; undefined: whatever http {} chose. */
  engine?: 'njs' | undefined;
}

/** Negative where `one` is older than `other`, positive where it is newer. */
export function compareReleases(one: Release, other: Release): number {
  return one[0] - other[0] || one[1] - other[1] || one[2] - other[2];
}

/** Is the edge's njs known to be at least this release? */
export function isNjsAtLeast({ njsVersion }: RenderOptions, wanted: Release): boolean {
  return njsVersion !== undefined && compareReleases(njsVersion, wanted) >= 0;
}

/** nginx before 1.23 shows the first copy of a repeated header in its variable; later ones, which come with later releases of njs, show all. */
export const showsFirstCopy = (options: RenderOptions): boolean => !isNjsAtLeast(options, [0, 8, 0]);
