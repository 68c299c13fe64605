/** The templates of nginx/ in a folder of their own, with stubs of the bundles that read the same variables. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const root = join(__dirname, '../../..');

/** Names of variables of nginx in the sources below the folder. */
function variablesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => readFileSync(join(root, folder, path), 'utf8').replace(/\/\*[^]*?\*\/|\/\/.*$/gm, ''))
    .flatMap((code) => code.match(/\bedge_auth_\w+/g) ?? []);
}

/** What stands in the place of a bundle. */
export const stub = `// ${[...new Set(['src/data-plane', 'src/core/signing'].flatMap(variablesBelow))].sort().join(' ')}\n`;

/** Gone after the tests of the file that asks for it. */
export function templatesFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'edge-auth-templates-'));
  cpSync(join(root, 'nginx'), folder, { recursive: true });
  for (const name of ['edge_auth', 'edge_auth_live', 'edge_auth_api'])
    writeFileSync(join(folder, `${name}.js`), stub);
  afterAll(() => rmSync(folder, { recursive: true }));
  return folder;
}
