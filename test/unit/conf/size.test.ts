/** How much conf an operator has to read, and what many domains share of it. */
import { goldenPolicies } from '../cli/golden-policies';
import { renderedFolders } from '../../../src/files/rendered-folders';
import { confOf, renders } from './rendered';

const linesOf = (files: Map<string, string>): number =>
  [...files.values()].reduce((sum, text) => sum + text.trimEnd().split('\n').length, 0);
const one = (domain: string): Record<string, object> => ({ [domain]: goldenPolicies[domain]! });

test.each<[string, string, Parameters<typeof confOf>[1], number]>([
  ['asked by hop', 'default.example.com', {}, 446],
  ['asked inline', 'default.example.com', { wiring: 'inline', njsVersion: [1, 0, 2] }, 398],
  ['signed', 'signed.example.com', {}, 225],
])('one domain %s renders few lines in all (%s)', (_name, domain, wanted, most) => {
  expect(linesOf(confOf(one(domain), wanted))).toBeLessThanOrEqual(most);
});

test.each(renders)('%s has no line above 300 characters but patterns', (_name, written, wanted) => {
  const lines = [...confOf(written, wanted).values()].join('\n').split('\n');
  expect(lines.filter((line) => line.length > 300 && !line.trimStart().startsWith('"~'))).toEqual([]);
});

test.each(renders)('%s fills known folders only', (_name, written, wanted) => {
  // What is not known is neither cleaned up by render nor taken over by watch.
  const folders = [...confOf(written, wanted, '').keys()]
    .filter((path) => path.includes('/'))
    .map((path) => path.slice(0, path.lastIndexOf('/')));
  expect([...new Set(folders)].filter((folder) => !renderedFolders.includes(folder))).toEqual([]);
});

describe('domains that ask alike', () => {
  const policy = { remote_auth: { auth_server: 'http://auth.example.com/auth' } };
  const many = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_none, i) => [`d${i}.example.com`, policy]));
  const blocks = (count: number) => {
    const http = confOf(many(count)).get('http.conf')!;
    return {
      servers: http.match(/^ *server \{/gm)?.length,
      maps: http.match(/^map /gm)?.length,
      upstreams: http.match(/^upstream /gm)?.length,
    };
  };

  test('share one decider, one table and one upstream', () => {
    expect(blocks(20)).toEqual(blocks(1));
  });
});
