// npm run bench: prepares the runtimes as npm test does, then measures. docs/bench.md says what each option measures.
// `--runtime NAME[,NAME]` or EDGE_AUTH_RUNTIMES chooses the runtimes.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import esbuild from 'esbuild';
import { cache, readCache, root } from '../setup/paths.mjs';
import { newRunId } from '../setup/run-id.mjs';

const bundle = path.join(cache, 'bench.cjs');
process.env.EDGE_AUTH_RUN_ID ||= newRunId();
const run = (...args) => spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status ?? 1;

const args = process.argv.slice(2);
const has = (name) => args.includes(name);
/** The release that has every peer, with both engines. */
const BOTH = 'forky-njs,forky-qjs';
// `runtimes`: where nobody chooses. `image`: what bench-image.mjs makes.
const MODES = {
  '--own': { entry: 'bench.ts' },
  '--domains': has('--live')
    ? { entry: 'bench.ts' }
    : { entry: 'many-domains.ts', image: 'peers', runtimes: 'forky-njs' },
  '--instructions': {
    entry: 'instructions/instructions.ts',
    image: 'valgrind',
    runtimes: has('--all') ? `${BOTH},bookworm` : 'forky-njs',
  },
  '--memory': { entry: 'slow-downloads.ts', runtimes: BOTH },
};
const mode = Object.entries(MODES).find(([name]) => has(name))?.[1] ?? {
  entry: 'compare/compare.ts',
  image: 'peers',
  runtimes: BOTH,
};

const wanted = has('--runtime') ? args[args.indexOf('--runtime') + 1] : '';
process.env.EDGE_AUTH_RUNTIMES = wanted || process.env.EDGE_AUTH_RUNTIMES || mode.runtimes || '';
let status = run('build.mjs') || run('test/setup/prepare.mjs');
if (status === 0 && mode.image) status = run('test/setup/bench-image.mjs', mode.image);
if (status === 0) {
  await esbuild.build({
    entryPoints: [path.join(root, 'test/bench', mode.entry)],
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
  status = run(bundle, ...args);
}
process.exitCode = run('test/setup/finish.mjs') || status;
