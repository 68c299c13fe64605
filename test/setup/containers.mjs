import { isAbandoned, RUN_LABEL } from './run-id.mjs';
import { say } from './report.mjs';

async function removeWhere(engine, isOurs) {
  const containers = await engine.listContainers({ all: true, filters: { label: [RUN_LABEL] } });
  const targets = containers.filter((container) => isOurs(container.Labels[RUN_LABEL]));
  for (const { Id } of targets) {
    await engine
      .getContainer(Id)
      .remove({ force: true, v: true })
      .catch((error) => {
        // 404, 409: already gone or going.
        if (error.statusCode !== 404 && error.statusCode !== 409) throw error;
      });
  }
  return targets.length;
}

/** Removes the containers that this run left. */
export async function removeOfRun(engine, runId) {
  const count = await removeWhere(engine, (id) => id === runId);
  if (count > 0) say(`removed ${count} container(s) that the tests had not stopped`);
}

/** Removes containers of runs that ended without cleaning up (killed, crashed). Those of live runs stay. */
export async function removeAbandoned(engine) {
  const count = await removeWhere(engine, isAbandoned);
  if (count > 0) say(`removed ${count} container(s) of runs that were killed`);
}

/** How many containers run on the engine, ours or not. */
export async function countRunning(engine) {
  return (await engine.listContainers()).length;
}
