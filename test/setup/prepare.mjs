// Makes the runtimes of the integration tests: engine, images, versions. Writes .cache/runtimes.json and .cache/engine.json.
import { ensureEngine, stopEngine } from './engine.mjs';
import { removeAbandoned } from './containers.mjs';
import { chooseRuntimes, ensureImages } from './images.mjs';
import { holdLock } from './lock.mjs';
import { readCache, writeCache } from './paths.mjs';
import { probe } from './probe.mjs';
import { runMain, say, since, SetupProblem } from './report.mjs';
import { newRunId } from './run-id.mjs';
import { selectRuntimes } from './selection.mjs';

const runId = process.env.EDGE_AUTH_RUN_ID || newRunId();

async function prepare() {
  const start = Date.now();
  const { engine, startedPid } = await ensureEngine(runId);
  try {
    await removeAbandoned(engine);
    const { runtimes, hasRegistry } = await chooseRuntimes(engine);
    // The clean-up helper of Testcontainers is an image too. Without a registry finish.mjs does its work, by label.
    if (!hasRegistry) process.env.TESTCONTAINERS_RYUK_DISABLED = 'true';
    writeCache('engine.json', { ...readCache('engine.json', {}), hasRegistry });
    const chosen = selectRuntimes(runtimes);
    await ensureImages(engine, chosen);
    const found = [];
    for (const runtime of chosen) found.push(...(await describeRuntime(runtime)));
    if (found.length === 0) throw new SetupProblem('no runtime is left to test: see the reasons above');
    writeCache('runtimes.json', [...unselected(runtimes, chosen), ...found]);
    say(`runtimes ready after ${since(start)}`);
  } catch (error) {
    if (startedPid && process.env.EDGE_AUTH_KEEP_ENGINE !== '1') await stopEngine(startedPid);
    throw error;
  }
}

async function describeRuntime(runtime) {
  const { reason, ...versions } = await probe(runtime, runId);
  if (reason) {
    say(`SKIPPED runtime ${runtime.name} (${runtime.image}, ${runtime.engine} engine): ${reason}`);
    return [];
  }
  say(
    `runtime ${runtime.name}: nginx ${versions.nginxVersion}, njs ${versions.njsVersion}, ${runtime.engine} engine`,
  );
  const { slot, name, image, engine } = runtime;
  return [{ slot, name, image, ...versions, engine }];
}

/** Entries of earlier runs that this one was told to leave out: another run in the same tree may be using them. */
function unselected(runtimes, chosen) {
  const left = runtimes.filter((one) => !chosen.includes(one)).map((one) => `${one.name} ${one.image}`);
  return readCache('runtimes.json', []).filter((one) => left.includes(`${one.name} ${one.image}`));
}

runMain(() => holdLock('prepare.lock', prepare));
