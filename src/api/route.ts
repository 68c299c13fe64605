/** Which request does what: path, method and query. */

import type { Answer } from './answer';
import { refusal } from './answer';
import { readDomain } from './domain';
import { type Page, readPage } from './page';

export type Route =
  { name: 'list'; page: Page } | { name: 'policy' | 'verify' | 'decisions' | 'request_auth'; domain: string };

/** `domain` is the path's first capture. */
const paths: { name: Route['name']; pattern: RegExp; methods: string[] }[] = [
  { name: 'list', pattern: /^\/v1\/policies$/, methods: ['GET', 'HEAD'] },
  { name: 'policy', pattern: /^\/v1\/policies\/([^/]+)$/, methods: ['GET', 'HEAD', 'PUT', 'DELETE'] },
  { name: 'verify', pattern: /^\/v1\/policies\/([^/]+)\/verify$/, methods: ['POST'] },
  { name: 'decisions', pattern: /^\/v1\/policies\/([^/]+)\/decisions$/, methods: ['DELETE'] },
  { name: 'request_auth', pattern: /^\/v2\/domain\/([^/]+)\/config$/, methods: ['GET', 'HEAD', 'PUT'] },
];

/** `target`: path and query, raw; an encoded path is another path. */
export function findRoute(method: string, target: string): { route: Route } | { refused: Answer } {
  const mark = target.indexOf('?');
  const path = mark < 0 ? target : target.slice(0, mark);
  const query = mark < 0 ? '' : target.slice(mark + 1);
  for (let i = 0; i < paths.length; i++) {
    const known = paths[i] as (typeof paths)[0];
    const match = known.pattern.exec(path);
    if (match === null) continue;
    const domain = known.name === 'list' ? '' : readDomain(match[1] as string);
    if (domain === undefined) return { refused: noSuchDomain('a host name in the path, received none') };
    if (known.methods.indexOf(method) < 0) return { refused: notAllowed(known.methods) };
    return routeOf(known.name, domain, query);
  }
  return { refused: refusal(404, 'NotFound', 'expected a path of this API, received another one') };
}

function routeOf(name: Route['name'], domain: string, query: string): { route: Route } | { refused: Answer } {
  if (name === 'list') {
    const page = readPage(query);
    if (page === undefined)
      return { refused: invalidUri('a query of limit=1-1000 and after=DOMAIN, each once at most') };
    return { route: { name: name, page: page } };
  }
  const expected = name === 'request_auth' ? ['requestAuth', 'requestAuth='] : [''];
  if (expected.indexOf(query) < 0)
    return {
      refused: invalidUri(name === 'request_auth' ? 'the query "requestAuth" alone' : 'no query'),
    };
  return { route: { name: name, domain: domain } };
}

export function noSuchDomain(expected: string): Answer {
  return refusal(404, 'NoSuchDomain', 'expected ' + expected);
}

function invalidUri(expected: string): Answer {
  return refusal(400, 'InvalidURI', 'expected ' + expected + ', received another one');
}

function notAllowed(methods: string[]): Answer {
  const refused = refusal(
    405,
    'MethodNotAllowed',
    'expected ' + methods.join(', ') + ', received another method',
  );
  refused.headers.Allow = methods.join(', ');
  return refused;
}
