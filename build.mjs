// Builds dist/: the njs bundles, the command line tool, the library of signers, and the drop-in folder of templates.
import { chmod, cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import esbuild from 'esbuild';
import ts from 'typescript';
import { bundleControlPlane, bundleWithLater } from './scripts/njs-bundle.mjs';

// Built aside and swapped in, so that nothing ever sees half a build.
const dist = new URL(`.cache/build-${process.pid}/`, import.meta.url);

const { version } = JSON.parse(await readFile(new URL('package.json', import.meta.url), 'utf8'));

async function buildNjsBundles() {
  await mkdir(new URL('nginx/', dist), { recursive: true });
  for (const [name, first, later] of [
    ['edge_auth', 'edge_auth', 'later'],
    ['edge_auth_live', 'edge_auth_live', 'live-later'],
  ]) {
    const code = await bundleWithLater(`src/data-plane/${first}.ts`, `src/data-plane/${later}.ts`);
    await writeFile(new URL(`nginx/${name}.js`, dist), code);
  }
  await writeFile(
    new URL('nginx/edge_auth_api.js', dist),
    await bundleControlPlane('src/api/edge_auth_api.ts'),
  );
}

await cp(new URL('nginx/', import.meta.url), new URL('nginx/', dist), { recursive: true });
await buildNjsBundles();
await esbuild.build({
  entryPoints: ['src/cli/main.ts'],
  outfile: fileURLToPath(new URL('cli.js', dist)),
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node20',
  define: { EDGE_AUTH_VERSION: JSON.stringify(version) },
  banner: { js: '#!/usr/bin/env node' },
});
await chmod(new URL('cli.js', dist), 0o755);

/** `edge-auth/sign`, for import and for require, each with its types: TypeScript takes one file for one kind of module. */
async function buildLibrary() {
  const entry = 'src/sign/sign.ts';
  const source = await readFile(new URL(entry, import.meta.url), 'utf8');
  const { outputText } = ts.transpileDeclaration(source, {
    fileName: entry,
    compilerOptions: { strict: true },
  });
  for (const [format, js, types] of [
    ['esm', 'sign.js', 'sign.d.ts'],
    ['cjs', 'sign.cjs', 'sign.d.cts'],
  ]) {
    await esbuild.build({
      entryPoints: [entry],
      outfile: fileURLToPath(new URL(js, dist)),
      bundle: true,
      platform: 'node',
      format,
      target: 'node20',
    });
    await writeFile(new URL(types, dist), outputText);
  }
}
await buildLibrary();

/** The renders that the drop-in folder includes, for tools other than `render`. */
async function buildDropIn() {
  const compiled = new URL('drop-in.mjs', dist);
  await esbuild.build({
    entryPoints: ['src/conf/drop-in.ts'],
    outfile: fileURLToPath(compiled),
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
  });
  const { dropInFiles } = await import(compiled.href);
  for (const [path, content] of dropInFiles(fileURLToPath(new URL('nginx/', dist)), version)) {
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
