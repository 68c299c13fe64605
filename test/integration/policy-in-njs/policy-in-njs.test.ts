// parsePolicy gives the same policy, or the same issues in the same words, in every engine of nginx as in Node: what the API takes,
// `edge-auth render` must take, and what it refuses it has to name alike.
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { parsePolicy } from '../../../src/policy/policy';
import { goldenPolicies } from '../../unit/cli/golden-policies';
import { FILE } from '../../unit/policy/reading';
import { send } from '../harness/client';
import { startEdge } from '../harness/edge';
import { leastMs } from '../harness/in-time';
import { isAtLeast, repositoryRoot, runtimes } from '../harness/runtimes';
import type { Edge } from '../harness/started-edge';
import { language } from './language';
import { longBodies, oddBytes } from './hostile-bodies';
import { mutations } from './mutations';
import { recordedTexts, type PolicyText } from './recorded-texts';

const BATCH_CHARACTERS = 200_000;
/** A hostile body may not hold the one worker for longer. Five times what a busy machine takes. */
const MAX_MS = 1000;

/** As it looks on the wire: without what is undefined. */
function inNode(text: string, file: string): unknown {
  return JSON.parse(JSON.stringify(parsePolicy(text, file)));
}

async function bundle(): Promise<string> {
  const script = path.join(repositoryRoot, 'scripts/njs-bundle.mjs');
  const entry = path.join(__dirname, 'entry.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [script, '--control-plane', entry], {
    maxBuffer: 16 * 1024 * 1024,
  });
  return stdout;
}

function batches(rows: PolicyText[]): PolicyText[][] {
  const all: PolicyText[][] = [];
  let size = Infinity;
  for (const row of rows) {
    size += row.text.length + row.file.length;
    if (size > BATCH_CHARACTERS) {
      all.push([]);
      size = 0;
    }
    all.at(-1)!.push(row);
  }
  return all;
}

let recorded: PolicyText[];
let code: string;

beforeAll(async () => {
  [recorded, code] = await Promise.all([recordedTexts(), bundle()]);
}, 240_000);

test('the unit tests read many texts, of every kind', () => {
  expect(recorded.length).toBeGreaterThan(2000);
  const accepted = recorded.filter(({ text, file }) => parsePolicy(text, file).policy !== undefined);
  expect(accepted.length).toBeGreaterThan(300);
  expect(recorded.length - accepted.length).toBeGreaterThan(1000);
});

/** The control plane is for njs 0.8.9 and later. */
const able = runtimes.filter(({ njsVersion }) => isAtLeast(njsVersion, '0.8.9'));
if (able.length === 0)
  console.log('policy-in-njs: skipped, since every chosen runtime is older than njs 0.8.9');

(able.length > 0 ? describe.each(able) : describe.skip.each(runtimes))('on $name', (runtime) => {
  let edge: Edge;

  beforeAll(async () => {
    const conf = path.join(__dirname, 'nginx.conf');
    edge = await startEdge({ runtime, conf, files: { '/etc/nginx/policy.js': code } });
  });
  afterAll(() => edge?.stop());

  async function replay(rows: PolicyText[]): Promise<void> {
    for (const batch of batches(rows)) {
      const body = JSON.stringify(batch.map(({ text, file }) => ({ text, file })));
      const reply = await send({ port: edge.port(), path: '/parse', method: 'POST', body });
      expect(reply.status).toBe(200);
      const results = JSON.parse(reply.body) as unknown[];
      expect(results).toHaveLength(batch.length);
      batch.forEach(({ test: name, text, file }, i) => {
        expect({ name, text, result: results[i] }).toEqual({ name, text, result: inNode(text, file) });
      });
    }
  }

  async function post(body: string | Buffer): Promise<{ result: unknown; ms: number }> {
    const reply = await send({ port: edge.port(), path: '/parse-body', method: 'POST', body });
    expect(reply.status).toBe(200);
    return { result: JSON.parse(reply.body), ms: reply.ms };
  }

  test('the language that its bundle is written in', async () => {
    const reply = await send({ port: edge.port(), path: '/speak' });
    const inNode = JSON.stringify(Object.entries(language).map(([name, of]) => [name, of()]));
    expect(JSON.parse(reply.body)).toEqual(JSON.parse(inNode));
  });

  test('every text of the unit tests', () => replay(recorded), 240_000);

  test('the golden policies', () =>
    replay(
      Object.entries(goldenPolicies).map(([domain, policy]) => ({
        test: domain,
        file: `${domain}.json`,
        text: JSON.stringify(policy),
      })),
    ));

  test('policies with something changed, put in or taken out', () => replay(mutations()), 240_000);

  test.each(longBodies)('64 KiB of %s, and in time', async (_name, text) => {
    const { result, ms } = await post(text);
    expect(result).toEqual(inNode(text, FILE));
    expect(await leastMs(MAX_MS, { ms }, () => post(text))).toBeLessThan(MAX_MS);
  });

  test.each(oddBytes)('%s', async (_name, body) => {
    const { result } = await post(body);
    expect(result).toEqual(inNode(body.toString(), FILE));
  });

  test('nothing of this is worth a line in the error log', async () => {
    expect(await edge.errors()).toEqual([]);
  });
});
