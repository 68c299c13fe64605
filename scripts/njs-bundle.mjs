// Bundles TypeScript for nginx, for every supported njs. `node scripts/njs-bundle.mjs ENTRY` prints the bundle of one entry.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { transformAsync } from '@babel/core';
import esbuild from 'esbuild';

/** Strips the types and lowers what the oldest supported njs engine lacks. */
const njsDialect = {
  name: 'njs-dialect',
  setup(build) {
    build.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const { code } = await transformAsync(await readFile(path, 'utf8'), {
        filename: path,
        babelrc: false,
        configFile: false,
        presets: ['babel-preset-njs', '@babel/preset-typescript'],
      });
      return { contents: code, loader: 'js' };
    });
  },
};

/** njs 0.7.9 refuses `export { x as default }`, which is what bundlers write: the bundle has to end in a literal default export. */
function withLiteralExport(code) {
  const exported = /export \{\s*(\w+) as default\s*\};\s*$/;
  if (!exported.test(code))
    throw new Error('build: expected the njs bundle to end in `export { name as default }`');
  return code.replace(exported, 'export default $1;\n');
}

/** The text of a module that nginx can import, from a TypeScript entry with a default export. */
export async function bundleForNjs(entry) {
  const result = await esbuild.build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'neutral',
    external: ['crypto', 'fs'],
    target: 'es2017',
    supported: {
      destructuring: false,
      'default-argument': false,
      'for-of': false,
      'rest-argument': false,
      'array-spread': false,
    },
    legalComments: 'none',
    banner: { js: '// edge-auth: built from src/nginx; do not edit.' },
    plugins: [njsDialect],
  });
  return withLiteralExport(result.outputFiles[0].text);
}

/**
 * Two entries in one module: what `later` exports is defined when one of its functions is first called. The njs engine runs a module's
 * top for every request, whichever handler the request needs.
 */
export async function bundleWithLater(first, later) {
  const [firstCode, laterCode] = await Promise.all([bundleForNjs(first), bundleForNjs(later)]);
  const exported = /export default (\w+);\n$/;
  const name = exported.exec(firstCode)[1];
  const imports = /^import .*;\n/gm;
  const builtIns = new Set([...(firstCode.match(imports) ?? []), ...(laterCode.match(imports) ?? [])]);
  const { default: handlers } = await import(`data:text/javascript,${encodeURIComponent(laterCode)}`);
  const forward = (key) =>
    `  ${key}: function (r, data, flags) { return (defined || (defined = later())).${key}(r, data, flags); },`;
  return [
    ...[...builtIns].map((line) => line.trimEnd()),
    // What is said in one literal costs less than half of what is assigned afterwards.
    firstCode
      .replace(exported, '')
      .replace(imports, '')
      .replace(
        /\s*\};(?=\s*(?:var \w+ = \w+;\s*)?$)/,
        `,\n${Object.keys(handlers).map(forward).join('\n')}\n};`,
      ),
    'var defined;',
    'function later() {',
    laterCode
      .replace(/^\/\/ edge-auth: .*\n/, '')
      .replace(imports, '')
      .replace(exported, 'return $1;')
      .replace(/^(?=.)/gm, '  '),
    '}',
    `export default ${name};\n`,
  ].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  process.stdout.write(await bundleForNjs(process.argv[2]));
