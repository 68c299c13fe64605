// The end of a run, however it ended: removes its containers, and stops the engine when this run started it.
import { countRunning, removeOfRun } from './containers.mjs';
import { findEngine, stopEngine } from './engine.mjs';
import { readCache, writeCache } from './paths.mjs';
import { runMain, say } from './report.mjs';

async function finish() {
  const runId = process.env.EDGE_AUTH_RUN_ID;
  if (!runId) return;
  const engine = await findEngine();
  if (engine) await removeOfRun(engine, runId);
  const state = readCache('engine.json', {});
  if (!state.startedPid || state.runId !== runId) return;
  if (process.env.EDGE_AUTH_KEEP_ENGINE === '1') {
    say(
      `dockerd ${state.startedPid} stays, as EDGE_AUTH_KEEP_ENGINE=1 asks: end it with kill ${state.startedPid}`,
    );
    return;
  }
  const others = engine ? await countRunning(engine) : 0;
  if (others > 0) {
    say(`dockerd ${state.startedPid} stays: ${others} container(s) that are not of this run use it`);
    return;
  }
  await stopEngine(state.startedPid);
  writeCache('engine.json', { ...state, startedPid: null, runId: null });
  say(`stopped dockerd ${state.startedPid}`);
}

runMain(finish);
