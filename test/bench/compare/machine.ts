/** What the figures were measured on: versions, processor, cores. Nothing else about the machine. */
import { readFileSync } from 'node:fs';
import os from 'node:os';
import { type Fleet, run, runtimeOf } from './fleet';

export interface Machine {
  cpu: string;
  cores: number;
  /** Version by name. */
  versions: Record<string, string>;
}

export async function readMachine({ edge }: Fleet): Promise<Machine> {
  const { nginxVersion, njsVersion } = runtimeOf('njs')!;
  const debian = async (name: string) =>
    (await run(edge, `dpkg-query -W -f '\${Version}' ${name} 2>/dev/null || true`)).replace(
      /^\d+:|-[^-]*$/g,
      '',
    );
  const peers = {
    'nginx Lua module': await debian('libnginx-mod-http-lua'),
    HAProxy: await debian('haproxy'),
    Caddy: await debian('caddy'),
  };
  return {
    cpu: /^model name\s*:\s*(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1] ?? os.arch(),
    cores: os.availableParallelism(),
    versions: {
      nginx: nginxVersion,
      njs: njsVersion,
      ...Object.fromEntries(Object.entries(peers).filter(([, version]) => version)),
    },
  };
}
