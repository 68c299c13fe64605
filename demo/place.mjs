// Where a demo lives: its folder and its ports.
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chooseFreePort } from './free-port.mjs';
import { listRecords, writeRecord } from './record.mjs';

export const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
const wanted = { edge: 8080, api: 9181, auth: 9001, origin: 9002 };
/** Room for the socket's name: nginx takes paths of up to 107 bytes, macOS of up to 103. */
const LONGEST_FOLDER = 80;

/** `name`: `running`, or `check-<pid>`, so that a check leaves a running demo alone. */
export async function choosePlace(name) {
  const below = join(root, '.demo');
  let folder = join(below, name);
  mkdirSync(below, { recursive: true });
  removeLeftovers(below);
  const isPlain = /^[A-Za-z0-9._/-]+$/.test(folder) && folder.length <= LONGEST_FOLDER;
  if (!isPlain) folder = mkdtempSync(join(tmpdir(), 'edge-auth-demo-'));
  writeRecord(name, { folder, started: [] });
  for (const part of ['logs', 'temp', 'policies']) mkdirSync(join(folder, part), { recursive: true });

  copyFileSync(join(root, 'demo/temp-paths.conf'), join(folder, 'temp-paths.conf'));

  const ports = {};
  for (const [part, port] of Object.entries(wanted)) {
    ports[part] = await chooseFreePort(port, Object.values(ports));
  }
  const shown = isPlain ? relative(process.cwd(), folder) || folder : folder;
  // As one types it in the folder that the demo was started in.
  const cli = relative(process.cwd(), join(root, 'dist/cli.js'));
  const [url, apiUrl] = [ports.edge, ports.api].map((port) => `http://localhost:${port}`);
  return { name, folder, shown, cli, ports, url, apiUrl };
}

/** The folders of demos that are over, kept until now for their logs. */
function removeLeftovers(below) {
  const names = listRecords();
  for (const entry of readdirSync(below, { withFileTypes: true })) {
    if (entry.isDirectory() && !names.includes(entry.name)) {
      rmSync(join(below, entry.name), { recursive: true, force: true });
    }
  }
}

export function forgetPlace({ folder }) {
  rmSync(folder, { recursive: true, force: true });
}
