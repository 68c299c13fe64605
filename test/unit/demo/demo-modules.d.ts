/** The parts of demo/ that are tested here; the demo itself is plain JavaScript, since it runs before anything is installed. */

declare module '*/demo/arguments.mjs' {
  export function parseArguments(args: string[]): { action: string };
  export function parseRoute(wish: string | undefined): string[];
}

declare module '*/demo/nginx-build.mjs' {
  export function isAtLeast(version: string, wanted: string): boolean;
  export function parseBuild(
    output: string,
  ):
    { version: string; modulesPath: string | undefined; hasAuthRequest: boolean; hasJs: boolean } | undefined;
  export function parseProbe(answer: string): { nginxVersion: string; njsVersion: string } | undefined;
}

declare module '*/demo/nginx-image.mjs' {
  export function choosePresent(names: string[]): string | undefined;
}

declare module '*/demo/install-nginx.mjs' {
  export function whyNotInstallable(machine: { platform: string; release: string; uid: number }): string;
}

declare module '*/demo/lines.mjs' {
  export interface Place {
    url: string;
    apiUrl: string;
    shown: string;
    cli: string;
  }
  export interface Signed {
    host: string;
    path: string;
    sign: { at?: string; key?: string };
  }
  export interface Line {
    name: string;
    title: string | undefined;
    host?: string;
    path: string;
    url: string;
    args: string[];
    command: string | undefined;
    expected: { status: number; body?: string; bytes?: number; ms?: [number, number] };
    log?: string;
    file?: string;
    token?: string;
    body?: string;
    origin?: string;
    shows: string;
  }
  export function buildLines(
    place: Place,
    signUrl: (place: Place, line: Signed) => Promise<string>,
    keys?: { old: string; new: string },
  ): Promise<Line[]>;
  export function formatCommand(command: string, args: string[]): string;
  export function formatLine(index: number, line: Line): string;
}

declare module '*/demo/api.mjs' {
  export function whyNoApi(njsVersion: string): string;
  export function apiArguments(place: { folder: string }, edge: { prefix: string; api: string[] }): string[];
}

declare module '*/demo/sign-url.mjs' {
  export function writeKeyFile(folder: string, policyText: string): void;
}

declare module '*/demo/traces.mjs' {
  import type { Line, Place } from '*/demo/lines.mjs';
  export interface Trace {
    name: string;
    command: string;
    shows: string;
  }
  export function buildTraces(place: Place, lines: Line[]): Trace[];
  export function compareExplanation(log: string, code: number, stdout: string): string[];
}

declare module '*/demo/logs.mjs' {
  export function inLogOrder<T extends { log?: string; file?: string }>(lines: T[]): T[];
  export function compareChanges(
    wanted: { name: string; path: string; body: string }[],
    seen: string[],
  ): string[];
  export function compareOriginLog(wanted: string[], seen: string[]): string[];
  export function compareLog(lines: { log: string }[], log: string[]): string[];
}

declare module '*/demo/ask-edge.mjs' {
  export function parseAnswer(output: string): Answer;
  export type Answer = { status: number; ms: number | undefined; body: string } | { problem: string };
}

declare module '*/demo/check.mjs' {
  export function compareAnswer(
    expected: { status: number; body?: string; bytes?: number; ms?: [number, number] },
    received: { status: number; ms: number | undefined; body: string } | { problem: string },
  ): string[];
}
