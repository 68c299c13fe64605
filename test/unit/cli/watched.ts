import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { distFolder } from './run-cli';

/**
 * In the place of nginx. Reads OUT as nginx does, refuses the directive `nonsense`, any file that a conf names in OUT and does not
 * find, and a missing ca_file; logs what it tested and loaded as `test <ending> <digest>` and `reload <digest>`.
 */
const NGINX = `#!/bin/sh
cd "$(dirname "$0")"
all=$(cat out/http.conf out/servers/*.conf out/ask/*.conf 2>/dev/null)
digest=$(printf %s "$all" | sha256sum | cut -c1-16)
if [ "$1" = -s ]; then
  [ -e reload-fails ] && { echo 'nginx: [error] invalid PID number ""'; exit 1; }
  echo "reload $digest" >> log
  exit 0
fi
echo "begin $digest" >> log
sleep "$(cat test-takes 2>/dev/null || echo 0)"
case $all in *edge_auth_watch_probe*) echo 'nginx: [emerg] unknown directive "edge_auth_watch_probe" in http.conf:1'; exit 1 ;; esac
for file in $(printf '%s\\n' "$all" | sed -n 's|.*proxy_ssl_trusted_certificate *"\\{0,1\\}\\([^";]*\\)"\\{0,1\\};.*|\\1|p' | sort -u) $(ls out/*.conf out/*/*.conf); do
  [ -e "$file" ] && continue
  echo "nginx: [emerg] cannot load certificate \\"$file\\": BIO_new_file() failed"
  echo "nginx: configuration file /etc/nginx/nginx.conf test failed"
  echo "test 1 $digest" >> log
  exit 1
done
echo "test 0 $digest" >> log
echo 'nginx: configuration file /etc/nginx/nginx.conf test is successful'
`;

export const remote = (host: string, more: object = {}): string =>
  JSON.stringify({ remote_auth: { auth_server: `https://${host}/auth`, ...more } });

/** A folder with policies, a place for the conf, and an nginx; and `edge-auth watch` on them. */
export class Watched {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), 'edge-auth-watch-')));
  readonly policies = join(this.root, 'policies');
  readonly out = join(this.root, 'out');
  readonly nginx = join(this.root, 'nginx');
  output = '';
  private child: ChildProcess | undefined;

  /** `staged`: whether a conf may be tested in a mount namespace. */
  constructor(private readonly staged = false) {
    mkdirSync(this.policies);
    mkdirSync(join(this.root, 'bin'));
    this.writeScript('nginx', NGINX);
    if (!staged)
      this.writeScript('bin/unshare', '#!/bin/sh\necho "unshare: Operation not permitted"\nexit 1\n');
    this.put('a.example.com.json', remote('one.example.com'));
  }

  put(name: string, text: string): void {
    writeFileSync(join(this.policies, name), text);
  }

  writeScript(name: string, text: string): void {
    writeFileSync(join(this.root, name), text);
    chmodSync(join(this.root, name), 0o755);
  }

  start(...more: string[]): this {
    this.output = '';
    const test = `${this.nginx} -t`;
    const reload = `${this.nginx} -s reload`;
    const args = ['--policies', this.policies, '--out', this.out, '--test', test, '--reload', reload];
    const env = { ...process.env, PATH: `${join(this.root, 'bin')}:${process.env['PATH']}` };
    const cli = join(distFolder, 'cli.js');
    const child = spawn(process.execPath, [cli, 'watch', ...args, '--debounce', '40', ...more], { env });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    }
    this.child = child;
    return this;
  }

  /** Starts, and waits for the first pass. */
  async started(...more: string[]): Promise<this> {
    this.start(...more);
    await this.says(/Z start: /);
    return this;
  }

  /** Runs to the end. */
  async once(...more: string[]): Promise<number | null> {
    this.start('--once', ...more);
    return this.ended();
  }

  async ended(): Promise<number | null> {
    const child = this.child!;
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    return child.exitCode;
  }

  /** Returns how it ended, and after how many milliseconds. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<{ code: number | null; ms: number }> {
    const asked = Date.now();
    this.child!.kill(signal);
    return { code: await this.ended(), ms: Date.now() - asked };
  }

  get pid(): number {
    return this.child!.pid!;
  }

  /** Waits until it says so, counted from the last `forget`. */
  async says(pattern: RegExp, within = 10_000): Promise<void> {
    const end = Date.now() + within;
    while (!pattern.test(this.output)) {
      if (Date.now() > end || this.child!.exitCode !== null) {
        throw new Error(`expected ${pattern} within ${within} ms, received:\n${this.output}`);
      }
      await sleep(10);
    }
  }

  forget(): void {
    this.output = '';
    rmSync(join(this.root, 'log'), { force: true });
  }

  get log(): string[] {
    const file = join(this.root, 'log');
    return existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
  }

  get reloads(): number {
    return this.log.filter((line) => line.startsWith('reload')).length;
  }

  /** What nginx would read now, as the log names it. */
  digest(): string {
    const script = `all=$(cat out/http.conf out/servers/*.conf out/ask/*.conf 2>/dev/null); printf %s "$all" | sha256sum | cut -c1-16`;
    return execFileSync('sh', ['-c', script], { cwd: this.root, encoding: 'utf8' }).trim();
  }

  /** Every file that nginx finds below OUT, with its bytes. */
  tree(): Record<string, string> {
    const names = (folder: string): string[] =>
      readdirSync(join(this.out, folder))
        .filter((name) => name !== '.watch')
        .flatMap((name) =>
          statSync(join(this.out, folder, name)).isDirectory()
            ? names(join(folder, name))
            : join(folder, name),
        );
    const all = names('').sort();
    return Object.fromEntries(all.map((name) => [name, readFileSync(join(this.out, name), 'utf8')]));
  }

  async close(): Promise<void> {
    if (this.child && this.child.exitCode === null) await this.end('SIGKILL');
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** Why no conf can be tested in a mount namespace here; undefined where it can. */
export function whyNotStaged(): string | undefined {
  try {
    execFileSync('unshare', ['--mount', '--propagation', 'private', '--', 'true'], { stdio: 'pipe' });
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
