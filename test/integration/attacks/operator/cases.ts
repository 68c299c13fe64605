/** The status of the policies' own denial, so that it cannot be taken for one of nginx's. */
export const DENIED = 451;

interface DeniedCase {
  name: string;
  host: string;
  target?: string;
  status: number;
  /** What comes instead where the operator's own auth_request_set has replaced ours. */
  withoutOurSet?: { status: number; decision: string };
}

export const denied: DeniedCase[] = [
  {
    name: 'pages, cache, intercepts, limits and filters of http {} open nothing',
    host: 'http-level',
    status: DENIED,
  },
  {
    name: 'a 403 of the auth server is not what timeout_action is for',
    host: 'open-when-late',
    status: DENIED,
  },
  // The named location is asked about again and again: nginx ends the circle with 500.
  {
    name: 'error_page 403 =200 @named before the include is asked about too',
    host: 'pages-before',
    status: 500,
  },
  { name: 'error_page 403 =200 /page after the include is not reached', host: 'pages-after', status: DENIED },
  {
    name: 'error_page 403 =200 @named in a location is asked about too',
    host: 'pages-in-location',
    status: DENIED,
  },
  {
    name: 'error_page 403 =200 /page in a location is asked about too',
    host: 'pages-in-location',
    target: '/to-uri/a',
    status: DENIED,
  },
  {
    name: 'auth_request_set in a location costs the log its reason only',
    host: 'asks-more',
    status: DENIED,
    withoutOurSet: { status: 403, decision: '' },
  },
];

/** Requests out of scope that end inside it. */
export const redirected = [
  { name: 'asks about an index file', target: '/index/' },
  { name: 'asks about the last name of try_files', target: '/tried/x' },
  { name: 'asks about the page of an error', target: '/missing/x' },
];

interface OutOfReachCase {
  name: string;
  host: string;
  target: string;
  body: string;
}

export const outOfReach: OutOfReachCase[] = [
  {
    name: 'return in a location answers before any access check',
    host: 'out-of-reach',
    target: '/returned',
    body: 'returned',
  },
  {
    name: 'satisfy any with an allow line lets those addresses in unasked',
    host: 'out-of-reach',
    target: '/either',
    body: 'PROTECTED',
  },
  {
    name: 'auth_request off in a location opts out',
    host: 'out-of-reach',
    target: '/out',
    body: 'PROTECTED',
  },
  {
    name: 'a rewrite above the include answers the question itself',
    host: 'rewrites-first',
    target: '/x',
    body: 'PROTECTED',
  },
  {
    name: 'scope judges the path before a rewrite of the server',
    host: 'scoped',
    target: '/front/x',
    body: '2f707269766174652f78',
  },
  {
    name: 'scope judges the path before a rewrite in a location',
    host: 'scoped',
    target: '/old/x',
    body: '2f707269766174652f78',
  },
];
