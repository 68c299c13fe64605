// Requests that nginx redirects inside itself, where the access phase runs again.
import { PROTECTED } from '../harness/origin';

/** Files on the edge, by their path below /srv/www. */
export const files: Record<string, string> = {
  'dir/index.html': `${PROTECTED} index`,
  'dir/note.txt': `${PROTECTED} note`,
  'empty/deeper/index.html': `${PROTECTED} deeper`,
  'errors/404.txt': `${PROTECTED} gone`,
  'try/found': `${PROTECTED} found`,
  'try/second.txt': `${PROTECTED} second`,
  'try/fallback.txt': `${PROTECTED} fallback`,
  'try/page.html': `${PROTECTED} page`,
};

export interface RedirectCase {
  name: string;
  domain: 'files.test' | 'scoped.test' | 'proxied.test';
  target: string;
  questions: number;
  /** When the auth server allows. */
  status: number;
  body: string;
  reason?: string;
}

export const redirects: RedirectCase[] = [
  { name: 'a file', domain: 'files.test', target: '/dir/note.txt', questions: 1, status: 200, body: 'note' },
  {
    name: 'a directory index',
    domain: 'files.test',
    target: '/dir/',
    questions: 1,
    status: 200,
    body: 'index',
  },
  {
    name: 'try_files that finds the first',
    domain: 'files.test',
    target: '/try/found',
    questions: 1,
    status: 200,
    body: 'found',
  },
  {
    name: 'try_files that finds the second',
    domain: 'files.test',
    target: '/try/second',
    questions: 1,
    status: 200,
    body: 'second',
  },
  {
    name: 'try_files that falls back to a file',
    domain: 'files.test',
    target: '/try/none',
    questions: 1,
    status: 200,
    body: 'fallback',
  },
  {
    name: 'try_files that falls back to a named location',
    domain: 'files.test',
    target: '/try-named/x',
    questions: 1,
    status: 200,
    body: '"url":"/try-named/x"',
  },
  {
    name: 'an error_page',
    domain: 'files.test',
    target: '/nothing',
    questions: 1,
    status: 404,
    body: 'gone',
  },
  {
    name: 'X-Accel-Redirect from the origin',
    domain: 'proxied.test',
    target: '/accel',
    questions: 1,
    status: 200,
    body: 'note',
  },
  {
    name: 'a directory index in scope, of a folder that is not',
    domain: 'scoped.test',
    target: '/dir/',
    questions: 1,
    status: 200,
    body: 'index',
  },
  // (!) nginx lets try_files choose a file after the access phase: the scope has judged the path of the URL.
  {
    name: 'a file that try_files finds in place for a path out of scope',
    domain: 'scoped.test',
    target: '/try/page',
    questions: 0,
    status: 200,
    body: 'page',
    reason: 'out_of_scope',
  },
  {
    name: 'the same file by its own path',
    domain: 'scoped.test',
    target: '/try/page.html',
    questions: 1,
    status: 200,
    body: 'page',
  },
  {
    name: 'a file out of scope',
    domain: 'scoped.test',
    target: '/dir/note.txt',
    questions: 0,
    status: 200,
    body: 'note',
    reason: 'out_of_scope',
  },
];
