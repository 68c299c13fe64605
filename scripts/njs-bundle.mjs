// Bundles TypeScript for nginx, for every supported njs. `node scripts/njs-bundle.mjs ENTRY` prints the bundle of one entry,
// `--control-plane ENTRY` that of an entry with libraries.
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformAsync } from '@babel/core';
import esbuild from 'esbuild';
import { njsPatterns } from './njs-regexp.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const shims = fileURLToPath(new URL('njs-shims.js', import.meta.url));

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
    banner: { js: '// edge-auth: built from src/data-plane; do not edit.' },
    plugins: [njsDialect],
  });
  return withLiteralExport(result.outputFiles[0].text);
}

/**
 * Two entries in one module: what `later` exports is defined when the first one's export is asked for its property `later`, by conf that
 * names a handler `edge_auth.later.…`. The njs engine runs a module's top for every request, whichever handler the request needs.
 */
export async function bundleWithLater(first, later) {
  const [firstCode, laterCode] = await Promise.all([bundleForNjs(first), bundleForNjs(later)]);
  const exported = /export default (\w+);\n$/;
  const name = exported.exec(firstCode)[1];
  const imports = /^import .*;\n/gm;
  const builtIns = new Set([...(firstCode.match(imports) ?? []), ...(laterCode.match(imports) ?? [])]);
  return [
    ...[...builtIns].map((line) => line.trimEnd()),
    // One property, however many handlers: the njs engine pays 500 to 800 instructions for each on every request.
    firstCode
      .replace(exported, '')
      .replace(imports, '')
      .replace(
        /\s*\};(?=\s*(?:var \w+ = \w+;\s*)?$)/,
        ',\n  get later() { return defined || (defined = later()); },\n};',
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

/** What njs 0.8.9 has of newer JavaScript stays as it is; patterns have a plugin of their own. */
const KNOWN_TO_NJS = [
  'transform-arrow-functions',
  'transform-async-to-generator',
  'transform-block-scoping',
  'transform-dotall-regex',
  'transform-exponentiation-operator',
  'transform-function-name',
  'transform-literals',
  'transform-named-capturing-groups-regex',
  'transform-regenerator',
  'transform-sticky-regex',
  'transform-template-literals',
  'transform-typeof-symbol',
  'transform-unicode-escapes',
  'transform-unicode-property-regex',
  'transform-unicode-regex',
];

/** The njs engine fails on what Babel makes of a generator, and a class that extends Error makes plain errors. */
const withoutGenerators = {
  visitor: {
    Function(path) {
      if (path.node.generator) throw path.buildCodeFrameError('build: expected no generator');
    },
    Class(path) {
      if (path.get('superClass').isIdentifier({ name: 'Error' }))
        throw path.buildCodeFrameError('build: expected a class that does not extend Error');
    },
  },
};

/** The patterns of src/core are made while it runs, of what means the same to PCRE and to JavaScript: they stay as they are. */
const patternsOfCore = {
  name: 'patterns-of-core',
  setup(build) {
    build.onLoad({ filter: /src\/core\/.*\.ts$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replaceAll('new RegExp(', 'new globalThis.RegExp('),
      loader: 'ts',
    }));
  },
};

/**
 * The text of a module of the control plane, from a TypeScript entry with a default export: everything in it, the libraries included, is
 * lowered to what the engine of njs 0.8.9 runs, and runs in QuickJS too. `crypto` and `fs` stay imports.
 */
export async function bundleControlPlane(entry) {
  const result = await esbuild.build({
    stdin: {
      contents: `import ${JSON.stringify(shims)};\nexport { default } from ${JSON.stringify(resolve(entry))};`,
      resolveDir: root,
    },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    external: ['crypto', 'fs'],
    target: 'es2022',
    legalComments: 'none',
    plugins: [patternsOfCore],
  });
  const { code } = await transformAsync(result.outputFiles[0].text, {
    cwd: root,
    // Characters beyond U+FFFF as they are, not as two escapes.
    generatorOpts: { jsescOption: { minimal: true } },
    babelrc: false,
    configFile: false,
    compact: false,
    presets: [['@babel/preset-env', { targets: { ie: '11' }, modules: false, exclude: KNOWN_TO_NJS }]],
    plugins: [njsPatterns, withoutGenerators],
    // njs has no WeakMap.
    assumptions: { privateFieldsAsProperties: true },
  });
  return withLiteralExport(`// edge-auth: built from src; do not edit.\n${code}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const isControlPlane = process.argv[2] === '--control-plane';
  const bundle = isControlPlane ? bundleControlPlane : bundleForNjs;
  process.stdout.write(await bundle(process.argv[isControlPlane ? 3 : 2]));
}
