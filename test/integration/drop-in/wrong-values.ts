/** What somebody may write into the environment file by mistake. */

export interface WrongValue {
  variable: string;
  /** Undefined: the variable is missing. */
  value: string | undefined;
  /** What nginx says when it does not start. */
  refusal?: RegExp;
  /** What a client gets where it starts. */
  status?: number;
}

/** Of each action: anything but the two words keeps nginx from starting. */
const wrongActions: [string | undefined, RegExp][] = [
  [undefined, /No such file/],
  ['', /No such file/],
  ['yes', /No such file/],
  ['Allow', /No such file/],
  ['"allow"', /No such file/],
  ['allow deny', /invalid number of arguments/],
  ['allow;', /Is a directory/],
  // nginx includes what a pattern fits: nothing, or both.
  ['allow?', /unknown "edge_auth_\w+" variable/],
  ['*', /duplicate/],
];

const refused: [string, string | undefined, RegExp][] = [
  ['EDGE_AUTH_SERVER', undefined, /host not found|unknown "edge_auth_server" variable|invalid/],
  ['EDGE_AUTH_SERVER', '', /invalid number of arguments/],
  ['EDGE_AUTH_SERVER', 'http://auth:8080', /invalid (?:host|port)/],
  ['EDGE_AUTH_SERVER', 'a.invalid:80 b.invalid:80', /invalid parameter|host not found/],
  ['EDGE_AUTH_PATH', undefined, /unknown "edge_auth_path" variable|outside location/],
  ['EDGE_AUTH_PATH', '', /outside location/],
  ['EDGE_AUTH_PATH', 'auth', /outside location/],
  ['EDGE_AUTH_PATH', '/a b', /invalid number of arguments/],
  ['EDGE_AUTH_TIMEOUT_MS', undefined, /invalid/],
  ['EDGE_AUTH_TIMEOUT_MS', '', /invalid/],
  ['EDGE_AUTH_TIMEOUT_MS', '0', /invalid parameter "weight=0"/],
  ['EDGE_AUTH_TIMEOUT_MS', '-1', /invalid/],
  ['EDGE_AUTH_TIMEOUT_MS', '1s', /invalid/],
  ['EDGE_AUTH_TIMEOUT_MS', '0.5', /invalid/],
  ['EDGE_AUTH_TIMEOUT_MS', 'none', /invalid/],
  ['EDGE_AUTH_DENY_STATUS', undefined, /invalid/],
  ['EDGE_AUTH_DENY_STATUS', '', /invalid/],
  ['EDGE_AUTH_DENY_STATUS', 'yes', /invalid/],
  ['EDGE_AUTH_DENY_STATUS', '200', /must be between 400 and 599|must be equal to or greater than 400/],
  ['EDGE_AUTH_DENY_STATUS', '600', /must be between 400 and 599|must be equal to or less than 599/],
];

/** nginx starts, and no auth server is asked. */
const denying: [variable: string, value: string, status: number][] = [
  ['EDGE_AUTH_PATH', '/auth?token=1', 403],
  ['EDGE_AUTH_PATH', '/%61uth', 403],
  // The decider's 400 is none of those that auth_request knows.
  ['EDGE_AUTH_PATH', '/../auth', 500],
];

const named = (
  variable: string,
  value: string | undefined,
  outcome: Pick<WrongValue, 'refusal' | 'status'>,
): WrongValue & { name: string } => ({
  name: `${variable} ${value === undefined ? 'missing' : `"${value}"`}`,
  variable,
  value,
  ...outcome,
});

export const wrongValues = [
  ...['EDGE_AUTH_OTHER_STATUS', 'EDGE_AUTH_TIMEOUT_ACTION'].flatMap((variable) =>
    wrongActions.map(([value, refusal]) => named(variable, value, { refusal })),
  ),
  ...refused.map(([variable, value, refusal]) => named(variable, value, { refusal })),
  ...denying.map(([variable, value, status]) => named(variable, value, { status })),
];
