// npm run bench: prepares the runtimes as npm test does, then runs the comparison; with --own or --domains, bench.ts. EDGE_AUTH_RUNTIMES chooses.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import esbuild from 'esbuild';
import { cache, readCache, root } from '../setup/paths.mjs';
import { newRunId } from '../setup/run-id.mjs';

const bundle = path.join(cache, 'bench.cjs');
process.env.EDGE_AUTH_RUN_ID ||= newRunId();
const run = (...args) => spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status ?? 1;

const isOwn = process.argv.some((arg) => arg === '--own' || arg === '--domains');
// The comparison is made on one release: the one that has every peer, with both engines.
if (!isOwn) process.env.EDGE_AUTH_RUNTIMES ||= 'forky-njs,forky-qjs';

let status = run('build.mjs') || run('test/setup/prepare.mjs');
if (status === 0 && !isOwn) status = run('test/setup/bench-image.mjs');
if (status === 0) {
  await esbuild.build({
    entryPoints: [path.join(root, isOwn ? 'test/bench/bench.ts' : 'test/bench/compare/compare.ts')],
    outfile: bundle,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'cjs',
    define: { __dirname: JSON.stringify(path.join(root, 'test/integration/harness')) },
    logLevel: 'error',
  });
  // The clean-up helper of Testcontainers is an image too; without a registry finish.mjs does its work.
  if (!readCache('engine.json', {}).hasRegistry) process.env.TESTCONTAINERS_RYUK_DISABLED = 'true';
  status = run(bundle, ...process.argv.slice(2));
}
process.exitCode = run('test/setup/finish.mjs') || status;
