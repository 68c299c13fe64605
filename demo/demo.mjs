// npm run demo: everything from set-up to an edge that checks signed URLs and asks a sample auth server, then lines to try on it.
// Until prepare.mjs has installed the packages, nothing here may import anything but Node's own modules.
import { domain } from './api-lines.mjs';
import { readKeys, whyNoApi } from './api.mjs';
import { parseArguments, usage } from './arguments.mjs';
import { runLines } from './check.mjs';
import { chooseEdge } from './choose-edge.mjs';
import { buildLines, formatLine } from './lines.mjs';
import { choosePlace, forgetPlace } from './place.mjs';
import { prepare } from './prepare.mjs';
import { DemoProblem, runMain, say } from './report.mjs';
import { startSamples } from './samples.mjs';
import { buildSigner } from './sign-url.mjs';
import { stopRecorded } from './stop.mjs';
import { buildTraces, formatTrace } from './traces.mjs';
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
    const reason = whyNoApi(njsVersion);
    const keys = reason ? undefined : readKeys(place, domain);
    const lines = await buildLines(place, buildSigner(), keys);
    const traces = buildTraces(place, lines);
    if (reason) say(reason);
    if (action === 'check') isDone = await check(place, lines, traces);
    else {
      printLines(place, lines, traces);
      isDone = true;
    }
  } finally {
    if (action === 'check' || !isDone) await stopAll();
  }
  if (action === 'check' && isDone) forgetPlace(place);
  if (!isDone) throw new DemoProblem(`see the logs in ${place.folder}/logs`);
}

async function check(place, lines, traces) {
  const count = lines.length + traces.length;
  const failed = await runLines(place, lines, traces);
  console.log(failed === 0 ? `\nAll ${count} lines are ok.` : `\n${failed} of ${count} lines FAILED.`);
  return failed === 0;
}

function printLines(place, lines, traces) {
  console.log(`\nThe edge runs on ${place.url}. Lines to try:\n`);
  for (const [index, line] of lines.entries()) {
    if (line.title && index > 0) console.log();
    console.log(formatLine(index, line));
  }
  console.log('\nAfterwards:');
  for (const [index, trace] of traces.entries()) console.log(formatTrace(lines.length + index + 1, trace));
  console.log();
  if (process.env.http_proxy) {
    console.log(
      "A proxy is set here (http_proxy): add --noproxy '*' to the lines, or it gets the requests.\n",
    );
  }
  const tokens = lines.some(({ token }) => token)
    ? `,\n            ${place.shown}/api-tokens (who may read and change policies while nginx runs)`
    : '';
  console.log(`The files:  ${place.shown}/nginx.conf (the edge), ${place.shown}/policies/ (the policies),
            ${place.shown}/edge-auth/ (rendered), ${place.shown}/logs/ (the edge, the auth server, the origin)${tokens}
To stop:    npm run demo -- --stop`);
}

async function stop() {
  const count = await stopRecorded();
  say(count === 0 ? 'nothing to stop: no demo is running from this folder' : 'stopped');
}

runMain(main);
