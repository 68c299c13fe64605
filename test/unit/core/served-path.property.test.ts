import fc from 'fast-check';
import { servedPath, servedUri, splitTarget } from '../../../src/core/served-path';

const pieces = [
  'a',
  'b',
  'é',
  '😀',
  '.',
  '..',
  '...',
  '%2e',
  '%2E',
  '%2f',
  '%2F',
  '%',
  '%25',
  '2e',
  '2f',
  ';',
  '\\',
  '%5c',
  '/',
  '/',
  '//',
];
const rawPath = fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((parts) => '/' + parts.join(''));
const decoded = (path: string) => path.replace(/%2e/gi, '.').replace(/%2f/gi, '/');
const runs = { numRuns: 2000 };

/** nginx's way, one step after the other. With `merge_slashes on` slashes are merged first, so a climb leaves a named folder. */
function normalised(path: string, mergesFirst: boolean): string {
  const merged = (text: string) => text.replace(/\/{2,}/g, '/');
  let rest = decoded(path).replace(/\/\.\.?$/, '$&/');
  if (mergesFirst) rest = merged(rest);
  while (rest.includes('/./')) rest = rest.replace('/./', '/');
  while (rest.includes('/../')) {
    rest = rest.startsWith('/../') ? rest.slice(3) : rest.replace(/\/[^/]*\/\.\.\//, '/');
  }
  return merged(rest);
}

function needsResolving(path: string): boolean {
  const [, ...segments] = decoded(path).split('/');
  return segments.some(
    (segment, i) => segment === '.' || segment === '..' || (segment === '' && i < segments.length - 1),
  );
}

test('what nginx would resolve is resolved as an independent normaliser does it, where `merge_slashes` does not matter', () => {
  fc.assert(
    fc.property(rawPath, (path) => {
      if (!needsResolving(path)) return;
      const [merging, other] = [normalised(path, true), normalised(path, false)];
      expect(servedPath(path)).toBe(merging === other && !path.includes('\ufffd') ? merging : '');
    }),
    runs,
  );
});

test('a path with nothing to resolve is returned to the byte, if it was UTF-8', () => {
  fc.assert(
    fc.property(rawPath, (path) => {
      if (!needsResolving(path)) expect(servedPath(path)).toBe(path.includes('\ufffd') ? '' : path);
    }),
    runs,
  );
});

test('the result hides no empty, `.` or `..` segment', () => {
  fc.assert(
    fc.property(rawPath, (path) => {
      const told = servedPath(path);
      if (told === '') return;
      const [before, ...segments] = decoded(told).split('/');
      expect(before).toBe('');
      expect(segments.slice(0, -1)).not.toContain('');
      expect(segments).not.toContain('.');
      expect(segments).not.toContain('..');
    }),
    runs,
  );
});

test('resolving twice is resolving once', () => {
  fc.assert(
    fc.property(rawPath, (path) => {
      const once = servedPath(path);
      if (once !== '') expect(servedPath(once)).toBe(once);
    }),
    runs,
  );
});

test('no text makes it throw', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(typeof servedPath(text)).toBe('string');
      expect(typeof servedUri(text)).toBe('string');
    }),
    runs,
  );
});

test('path and query put together are the target up to its fragment', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', '/', '?', '#', '.') }), (rest) => {
      const { path, query } = splitTarget('/' + rest);
      expect(path + query).toBe(('/' + rest).split('#')[0]);
      expect(path).not.toContain('?');
      expect(query === '' || query.startsWith('?')).toBe(true);
    }),
    runs,
  );
});
