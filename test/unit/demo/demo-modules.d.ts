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
  export interface Line {
    name: string;
    path: string;
    args: string[];
    expected: { status: number; body?: string; ms: [number, number] };
    log: string;
    shows: string;
  }
  export function buildLines(place: { url: string }): Line[];
  export function formatCommand(command: string, args: string[]): string;
  export function formatLine(index: number, line: Line): string;
}

declare module '*/demo/ask-edge.mjs' {
  export function parseAnswer(output: string): Answer;
  export type Answer = { status: number; ms: number; body: string } | { problem: string };
}

declare module '*/demo/check.mjs' {
  export function compareAnswer(
    expected: { status: number; body?: string; ms: [number, number] },
    received: { status: number; ms: number; body: string } | { problem: string },
  ): string[];
  export function compareLog(lines: { log: string }[], log: string[]): string[];
}
