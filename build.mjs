// Builds dist/: the njs bundle, the command line tool, and the drop-in folder of templates.
import { chmod, cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { transformAsync } from '@babel/core';
import esbuild from 'esbuild';

// Built aside and swapped in, so that nothing ever sees half a build.
const dist = new URL(`.cache/build-${process.pid}/`, import.meta.url);

/** Strips the types and lowers what the oldest supported njs engine lacks. */
const njsDialect = {
  name: 'njs-dialect',
  setup(build) {
    build.onLoad({ filter: /src\/(core|nginx)\/.*\.ts$/ }, async ({ path }) => {
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

async function buildNjsBundle(entry, file) {
  const result = await esbuild.build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'neutral',
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
  const out = new URL(`nginx/${file}`, dist);
  await mkdir(new URL('nginx/', dist), { recursive: true });
  await writeFile(out, withLiteralExport(result.outputFiles[0].text));
}

await cp(new URL('nginx/', import.meta.url), new URL('nginx/', dist), { recursive: true });
await buildNjsBundle('src/nginx/edge_auth.ts', 'edge_auth.js');
await esbuild.build({
  entryPoints: ['src/cli/main.ts'],
  outfile: fileURLToPath(new URL('cli.js', dist)),
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node20',
  banner: { js: '#!/usr/bin/env node' },
});
await chmod(new URL('cli.js', dist), 0o755);

/** The drop-in folder for tools other than `render`, made by the same code. */
async function buildDropIn() {
  const compiled = new URL('drop-in.mjs', dist);
  await esbuild.build({
    entryPoints: ['src/cli/drop-in.ts'],
    outfile: fileURLToPath(compiled),
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
  });
  const { dropInFiles } = await import(compiled.href);
  for (const [path, content] of dropInFiles(fileURLToPath(new URL('nginx/', dist)))) {
    const file = new URL(`nginx/docker/${path}`, dist);
    await mkdir(new URL('.', file), { recursive: true });
    await writeFile(file, content);
  }
  await rm(compiled);
}
await buildDropIn();

const final = new URL('dist', import.meta.url);
const previous = new URL(`.cache/previous-${process.pid}`, import.meta.url);
await rename(final, previous).catch((error) => {
  if (error.code !== 'ENOENT') throw error;
});
await rename(dist, final);
await rm(previous, { recursive: true, force: true });
