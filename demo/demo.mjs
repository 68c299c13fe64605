// npm run demo: everything from set-up to an edge that asks a sample auth server, then lines to try on it.
// Until prepare.mjs has installed the packages, nothing here may import anything but Node's own modules.
import { parseArguments, usage } from './arguments.mjs';
import { runLines } from './check.mjs';
import { chooseEdge } from './choose-edge.mjs';
import { buildLines, formatLine } from './lines.mjs';
import { choosePlace, forgetPlace } from './place.mjs';
import { prepare } from './prepare.mjs';
import { DemoProblem, runMain, say } from './report.mjs';
import { startSamples } from './samples.mjs';
import { stopRecorded } from './stop.mjs';
import { writeEdge } from './write-edge.mjs';

async function main() {
  const { action } = parseArguments(process.argv.slice(2));
  if (action === 'help') return console.log(usage);
  if (action === 'stop') return stop();
  await prepare();
  if (action === 'run') await stopRecorded('running');

  const place = await choosePlace(action === 'check' ? `check-${process.pid}` : 'running');
  const stopAll = () => stopRecorded(place.name);
  for (const signal of ['SIGINT', 'SIGTERM']) {
    // Not `once`: a package's own handler ends the process at once when it finds itself alone.
    process.on(signal, () => void stopAll().then(() => process.exit(1)));
  }
  let isDone = false;
  try {
    const { edge, njsVersion } = await chooseEdge(place);
    await startSamples(place, edge.sampleAddress);
    await writeEdge(place, edge, njsVersion);
    await edge.start('nginx.conf');
    const lines = buildLines(place);
    if (action === 'check') isDone = await check(place, lines);
    else {
      printLines(place, lines);
      isDone = true;
    }
  } finally {
    if (action === 'check' || !isDone) await stopAll();
  }
  if (action === 'check' && isDone) forgetPlace(place);
  if (!isDone) throw new DemoProblem(`see the logs in ${place.folder}/logs`);
}

async function check(place, lines) {
  const failed = await runLines(place, lines);
  console.log(
    failed === 0
      ? `\nAll ${lines.length + 1} lines are ok.`
      : `\n${failed} of ${lines.length + 1} lines FAILED.`,
  );
  return failed === 0;
}

function printLines(place, lines) {
  console.log(`\nThe edge runs on ${place.url}. Lines to try:\n`);
  for (const [index, line] of lines.entries()) console.log(`${formatLine(index, line)}\n`);
  console.log(`${lines.length + 1}. What the edge decided, and why\n   tail ${place.shown}/logs/access.log
   One line a request. auth_status is the auth server's answer, auth_time how long it took in seconds.\n`);
  if (process.env.http_proxy) {
    console.log(
      "A proxy is set here (http_proxy): add --noproxy '*' to the lines, or it gets the requests.\n",
    );
  }
  console.log(`The files:  ${place.shown}/nginx.conf (the edge), ${place.shown}/policies/ (the policies),
            ${place.shown}/edge-auth/ (rendered), ${place.shown}/logs/ (the edge, the auth server, the origin)
To stop:    npm run demo -- --stop`);
}

async function stop() {
  const count = await stopRecorded();
  say(count === 0 ? 'nothing to stop: no demo is running from this folder' : 'stopped');
}

runMain(main);
