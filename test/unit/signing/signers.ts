/** The signers of README.md: how each language runs its block over many cases, a line of output each. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export interface SignerCase {
  type: 'A' | 'C';
  target: string;
  key: string;
  arg: string;
  at: number;
  rand: string;
  uid: string;
}

export interface Language {
  /** As the block's fence names it. */
  name: string;
  /** Each must run for the language to be there. */
  probes: [command: string, ...args: string[]][];
  /** Files beside the block's own; `lines` are the calls. */
  files: (block: string, cases: SignerCase[]) => Record<string, string>;
  commands: [command: string, ...args: string[]][];
}

const double = (text: string): string => JSON.stringify(text);
const single = (text: string): string => `'${text.replace(/'/g, `'\\''`)}'`;
/** No case holds a backslash, which PHP would read in single quotes. */
const php = (text: string): string => `'${text.replace(/'/g, "\\'")}'`;

/** `print(sign_a(target, key, arg, at, rand, uid))`, a line each. */
function calls(
  cases: SignerCase[],
  names: { A: string; C: string },
  quote: (text: string) => string,
  wrap: (call: string) => string,
): string {
  return cases
    .map(({ type, target, key, arg, at, rand, uid }) => {
      const of = [quote(target), quote(key)];
      const more = type === 'A' ? [quote(arg), at, quote(rand), quote(uid)] : [at];
      return wrap(`${names[type]}(${[...of, ...more].join(', ')})`);
    })
    .join('\n');
}

const snake = { A: 'sign_a', C: 'sign_c' };
const camel = { A: 'signA', C: 'signC' };

export const languages: Language[] = [
  {
    name: 'python',
    probes: [['python3', '--version']],
    files: (block, cases) => ({
      'signer.py': `${block}\n${calls(
        cases,
        snake,
        double,
        (call) => `print(${call.replace(/^(sign_c\(.*), (\d+)\)$/, '$1, at=$2)')})`,
      )}\n`,
    }),
    commands: [['python3', 'signer.py']],
  },
  {
    name: 'php',
    probes: [['php', '--version']],
    files: (block, cases) => ({
      'signer.php': `${block}\n${calls(cases, snake, php, (call) => `echo ${call}, "\\n";`)}\n`,
    }),
    commands: [['php', 'signer.php']],
  },
  {
    name: 'go',
    probes: [['go', 'version']],
    files: (block, cases) => ({
      'signer.go': block,
      'main.go': `package main\n\nfunc main() {\n${calls(cases, camel, double, (call) => `\tprintln(${call})`)}\n}\n`,
    }),
    // println writes to stderr and needs no import beside the block's.
    commands: [['sh', '-c', 'GO111MODULE=off go run signer.go main.go 2>&1']],
  },
  {
    name: 'java',
    probes: [
      ['java', '-version'],
      ['javac', '-version'],
    ],
    files: (block, cases) => ({
      'Signer.java': block,
      'Main.java': `class Main {\n  public static void main(String[] args) throws Exception {\n${calls(
        cases,
        camel,
        double,
        (call) => `System.out.println(Signer.${call.replace(/(?<=, )(\d{10})(?=[,)])/, '$1L')});`,
      )}\n  }\n}\n`,
    }),
    commands: [
      ['javac', 'Signer.java', 'Main.java'],
      ['java', 'Main'],
    ],
  },
  {
    name: 'sh',
    probes: [
      ['sh', '-c', ':'],
      ['md5sum', '--version'],
    ],
    files: (block, cases) => ({
      'signer.sh': `set -eu\n${block}\n${cases
        .map(({ type, target, key, arg, at, rand, uid }) =>
          type === 'A'
            ? ['sign_a', ...[target, key, arg, String(at), rand, uid].map(single)].join(' ')
            : ['sign_c', ...[target, key, String(at)].map(single)].join(' '),
        )
        .join('\n')}\n`,
    }),
    commands: [['sh', 'signer.sh']],
  },
];

/** The one block of README.md in that language that defines a signer. */
export function readBlock(language: string): string {
  const page = readFileSync(resolve(__dirname, '../../../README.md'), 'utf8');
  const blocks = [...page.matchAll(/^```(\w+)\n([^]*?)^```$/gm)].filter(([, name]) => name === language);
  if (blocks.length !== 1) throw new Error(`expected one ${language} block, received ${blocks.length}`);
  return blocks[0]![2]!;
}

/** Why the language cannot be run here, or undefined. */
export function absence({ probes }: Language): string | undefined {
  for (const [command, ...args] of probes) {
    try {
      execFileSync(command, args, { stdio: 'ignore' });
    } catch (error) {
      return `${command} ${args.join(' ')}: ${(error as NodeJS.ErrnoException).code ?? 'failed'}`;
    }
  }
  return undefined;
}

/** The signed target of each case. */
export function runSigner(language: Language, cases: SignerCase[]): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'edge-auth-signer-'));
  try {
    for (const [name, text] of Object.entries(language.files(readBlock(language.name), cases))) {
      writeFileSync(join(folder, name), text);
    }
    const outputs = language.commands.map(([command, ...args]) =>
      execFileSync(command, args, { cwd: folder, encoding: 'utf8', env: { ...process.env, HOME: folder } }),
    );
    return (outputs.at(-1) ?? '').trimEnd().split('\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
}
